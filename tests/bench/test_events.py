"""The way of an event: out of the outbox, over the stream, into the inbox, with full fsync on both servers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from deploy import streams
from services.kit.database import Transaction
from services.kit.database.lease import Leases
from services.kit.events import Event
from services.kit.events.consumer import Consumer, Handler
from services.kit.events.relay import Relay
from services.kit.runtime import Runtime
from smartcity.governance.v1 import events_pb2 as pb
from tests.bench.report import Report, Stopwatch, best
from tests.kit.conftest import PUBLISHER, World, reader

EVENTS = 40_000
EFFECTS = 8_000
PAYLOAD = pb.ComplaintAssigned(code="SMG-0001-00", agency="dlh", category="x" * 256).SerializeToString()
"""About 300 bytes."""

_FILL = """
INSERT INTO governance.outbox (id, type, aggregate, version, correlation, exercise, recorded_at, payload)
SELECT gen_random_uuid(), 'smartcity.governance.v1.ComplaintAssigned', 'case-' || i % 1000, i / 1000,
       'story-' || i % 1000, false, now(), $2 FROM generate_series(1, $1::int) AS i
"""


async def fill(world: World, count: int) -> None:
    """Events waiting in the outbox."""
    await world.admin.execute(_FILL, count, PAYLOAD)


async def nothing(tx: Transaction, event: Event[Any]) -> None:
    """A reaction that only claims the id."""


async def effect(tx: Transaction, event: Event[Any]) -> None:
    """A reaction with one row."""
    await tx.execute("INSERT INTO effect (aggregate, version) VALUES ($1, $2)", event.aggregate, event.version)


@asynccontextmanager
async def at_work(runtime: Runtime, name: str, work: Any) -> AsyncIterator[None]:
    """Holds the job's lease and does it, as a pillar does."""
    job = asyncio.create_task(Leases(runtime).hold(name, work))
    try:
        yield
    finally:
        job.cancel()
        await asyncio.gather(job, return_exceptions=True)


async def until(world: World, sql: str) -> None:
    async with asyncio.timeout(15):
        while not await world.admin.fetchval(sql):
            await asyncio.sleep(0.01)


async def relayed(world: World, runtime: Runtime, count: int) -> float:
    """Relays so many events; answers with the rate."""
    assert runtime.bus is not None
    await world.fresh_streams(PUBLISHER, reader(nothing))
    await world.admin.execute(
        "TRUNCATE governance.outbox; UPDATE governance.relay SET stream_created = NULL, last_sequence = 0"
    )
    await fill(world, count)
    watch = Stopwatch()
    async with at_work(runtime, "relay", Relay(runtime, runtime.bus).run):
        await until(world, "SELECT NOT EXISTS (SELECT FROM governance.outbox WHERE published_at IS NULL)")
        return count / watch.time


async def consumed(world: World, runtime: Runtime, handle: Handler, count: int) -> float:
    """Consumes what is in the stream anew; answers with the rate."""
    assert runtime.bus is not None
    await world.bus.request("$JS.API.CONSUMER.DELETE.governance.environment", b"")
    await streams.ensure(world.bus, [reader(nothing)])
    await world.admin.execute("TRUNCATE environment.inbox, environment.effect")
    consumer = Consumer(runtime, runtime.bus, "governance", {pb.ComplaintAssigned: [handle]})
    watch = Stopwatch()
    async with at_work(runtime, "consumer:governance", consumer.run):
        await until(world, f"SELECT count(*) >= {count} FROM environment.inbox")
        return count / watch.time


@pytest.mark.bench
async def test_the_relay_publishes_twenty_thousand_events_a_second(durable: World, report: Report) -> None:
    runtime = await durable.runtime("governance")
    found = await best(lambda: relayed(durable, runtime, EVENTS))
    report.rate("relay, fsync always", found, least=20_000)


@pytest.mark.bench
async def test_a_consumer_claims_fifteen_thousand_events_a_second(durable: World, report: Report) -> None:
    await relayed(durable, await durable.runtime("governance"), EVENTS)
    runtime = await durable.runtime("environment")
    found = await best(lambda: consumed(durable, runtime, nothing, EVENTS))
    report.rate("consumer, ids claimed", found, least=15_000)


@pytest.mark.bench
async def test_a_consumer_has_two_and_a_half_thousand_effects_a_second(durable: World, report: Report) -> None:
    await relayed(durable, await durable.runtime("governance"), EFFECTS)
    runtime = await durable.runtime("environment")
    found = await best(lambda: consumed(durable, runtime, effect, EFFECTS))
    report.rate("consumer, one row per event", found, least=2_500)
