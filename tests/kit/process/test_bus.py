"""A process begins without NATS: what it records meanwhile is told as soon as NATS is there."""

import asyncio
from contextlib import suppress
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from deploy.local.process import free_ports
from services.kit import tasks
from services.kit.database.lease import Leases
from services.kit.process import running
from services.kit.process.running import Running
from smartcity.governance.v1 import events_pb2 as pb
from tests.kit.conftest import PUBLISHER, World, within


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    writer.close()


async def test_what_is_recorded_before_nats_is_there_is_told_once_it_is(world: World) -> None:
    await world.fresh_streams(PUBLISHER)
    runtime, port = await world.runtime("governance"), free_ports(1)[0]
    there = urlsplit(world.nats.url)
    assert runtime.bus is not None
    await runtime.bus.close()
    runtime.bus = None
    settings: Any = SimpleNamespace(
        **vars(runtime.settings), nats_url=f"nats://127.0.0.1:{port}", nats_ca_file="",
        nats_seed=SecretStr(world.nats.admin_seed),
    )  # fmt: skip
    runtime.settings = settings
    server: Any = None
    work = Running(PUBLISHER, runtime, server, 0, Leases(runtime))
    telling = asyncio.create_task(running._on_the_bus(work))
    async with runtime.transaction() as tx:
        tx.emit(pb.ComplaintAssigned(code="SMG-0001-00"), aggregate="case", version=1, correlation="case")

    async def unsent() -> int:
        return int(await runtime.pool.fetchval("SELECT count(*) FROM outbox WHERE published_at IS NULL"))

    async def through(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inwards, outwards = await asyncio.open_connection(there.hostname, there.port)
        await asyncio.gather(_carry(reader, outwards), _carry(inwards, writer))

    await asyncio.sleep(0.3)
    assert (await unsent(), telling.done()) == (1, False)
    async with await asyncio.start_server(through, "127.0.0.1", port):

        async def told() -> bool:
            return await unsent() == 0

        await within(told)
        await tasks.end(telling)
        connected: Any = runtime.bus
        await connected.close()
