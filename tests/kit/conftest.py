"""A small pillar on the kit, against the suite's PostgreSQL and NATS."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest
from google.protobuf.descriptor import FileDescriptor

from deploy import streams
from services.kit import tasks
from services.kit.city import load_city
from services.kit.database import migrate
from services.kit.database.lease import Leases
from services.kit.database.pool import connect_pool
from services.kit.events import bus
from services.kit.pillar import Pillar, Reaction
from services.kit.process.running import running
from services.kit.runtime import Runtime
from smartcity.environment.v1 import events_pb2 as environment
from smartcity.governance.v1 import events_pb2 as governance
from tests.fixtures.servers import NatsServer

Within = Callable[..., Awaitable[None]]


async def within(condition: Callable[[], Awaitable[Any]], seconds: float = 20.0) -> Any:
    """Waits until ``condition`` answers with something true, and answers with that."""
    async with asyncio.timeout(seconds):
        while not (found := await condition()):
            await asyncio.sleep(0.02)
    return found


class World:
    """Schemas and streams of a test, and runtimes on them."""

    def __init__(self, postgres: str, nats: NatsServer) -> None:
        self.postgres = postgres
        self.nats = nats
        self.admin: asyncpg.Connection[Any]
        self.bus: Any
        self.runtimes: list[Runtime] = []

    async def open(self) -> None:
        self.admin = await asyncpg.connect(self.postgres)
        self.bus = await bus.connect(self.nats.url, self.nats.admin_seed, "admin")

    async def schema(self, name: str) -> None:
        """A fresh schema with the kit's tables and one table for effects."""
        await self.admin.execute(f'DROP SCHEMA IF EXISTS "{name}" CASCADE')
        await migrate.prepare_schema(self.admin, name, "test-password")
        await migrate.upgrade(self.postgres, name, [migrate.KIT_MIGRATIONS])
        await self.admin.execute(f'CREATE TABLE "{name}".effect (number bigserial, aggregate text, version bigint)')

    async def runtime(self, name: str) -> Runtime:
        """Another process's runtime, as far as leases go."""
        pool = await connect_pool(self.postgres, name, 8)
        made = Runtime(name, SimpleNamespace(city="semarang", mqtt_url=""), pool, load_city("semarang"))
        made.owner = f"{name}:{len(self.runtimes)}"
        made.bus = await bus.connect(self.nats.url, self.nats.admin_seed, name)
        self.runtimes.append(made)
        return made

    async def fresh_streams(self, *pillars: Pillar, ack_wait_s: float = streams.ACK_WAIT_S) -> None:
        """Empty streams; short waits for an acknowledgement are for tests that lose one."""
        for pillar in pillars:
            if pillar.publishes:
                await self.bus.request(f"$JS.API.STREAM.DELETE.{pillar.name}", b"")
        await streams.ensure(self.bus, pillars, ack_wait_s=ack_wait_s)

    async def close(self) -> None:
        for runtime in self.runtimes:
            assert runtime.bus is not None
            await runtime.bus.close()
            await runtime.pool.close()
        await self.bus.close()
        await self.admin.close()


@pytest.fixture
async def world(postgres: str, nats: NatsServer) -> AsyncIterator[World]:
    """Schemas ``governance`` (publishes) and ``environment`` (reacts), fresh for the test."""
    made = World(postgres, nats)
    await made.open()
    await made.schema("governance")
    await made.schema("environment")
    yield made
    await made.close()


def pillar(name: str, publishes: Sequence[FileDescriptor] = (), reactions: Sequence[Reaction] = ()) -> Pillar:
    """A pillar of the test."""
    return Pillar(name=name, migrations=Path("none"), publishes=publishes, reactions=reactions)


PUBLISHER = pillar("governance", (governance.DESCRIPTOR,))


def reader(handle: Any) -> Pillar:
    """A pillar that reacts to clean-ups' cause."""
    return pillar("environment", (environment.DESCRIPTOR,), (Reaction(governance.ComplaintAssigned, handle),))


@asynccontextmanager
async def _jobs(made: Pillar, runtime: Runtime) -> AsyncIterator[None]:
    from services.kit.process import running as module

    jobs = [asyncio.create_task(job) for job in module._jobs(made, runtime, Leases(runtime))]
    try:
        yield
    finally:
        await tasks.end(*jobs, patience=0.5)


def working(made: Pillar, runtime: Runtime) -> AbstractAsyncContextManager[None]:
    """Relay, consumers and timers of a pillar, without its server."""
    return _jobs(made, runtime)


async def assign(runtime: Runtime, aggregate: str, version: int, count: int = 1) -> None:
    """Emits ``count`` events of an aggregate in one transaction."""
    async with runtime.transaction() as tx:
        for number in range(count):
            message = governance.ComplaintAssigned(code=aggregate, agency="dlh")
            tx.emit(message, aggregate=aggregate, version=version + number, correlation=aggregate)


__all__ = ["PUBLISHER", "World", "assign", "reader", "running", "within", "working", "world"]
