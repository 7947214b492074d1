"""The gateway's channels: a renewed certificate is taken up while calls are under way."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import grpc
import grpc.aio

from gateway.calls.channels import Channels
from services.kit import certificates
from smartcity.living.v1 import overview_pb2, overview_pb2_grpc
from tests.fixtures.authority import Authority, Files

SECONDS = 0.02
"""Between two looks at the files."""


class Overview(overview_pb2_grpc.OverviewServiceServicer):
    """Answers when it is let."""

    def __init__(self) -> None:
        self.called, self.let = asyncio.Event(), asyncio.Event()
        self.let.set()

    async def GetOverview(self, request: Any, context: Any) -> overview_pb2.GetOverviewResponse:
        self.called.set()
        await self.let.wait()
        return overview_pb2.GetOverviewResponse()


@asynccontextmanager
async def serving(files: Files, port: int = 0) -> AsyncIterator[tuple[int, Overview]]:
    """A pillar's server that shows these files, takes only clients of their authority, and ends with the block."""
    servicer, server = Overview(), grpc.aio.server()
    overview_pb2_grpc.add_OverviewServiceServicer_to_server(servicer, server)
    authority, certificate, key = (path.read_bytes() for path in (files.authority, files.certificate, files.key))
    credentials = grpc.ssl_server_credentials([(key, certificate)], authority, require_client_auth=True)
    port = server.add_secure_port(f"127.0.0.1:{port}", credentials)
    await server.start()
    try:
        yield port, servicer
    finally:
        await server.stop(0)


@asynccontextmanager
async def connected(files: Files, port: int, grace: float = 5.0) -> AsyncIterator[Channels]:
    """The gateway's side, which looks for renewed files all the time."""
    watched = certificates.Files(str(files.authority), str(files.certificate), str(files.key))
    channels = Channels({"living": f"ipv4:127.0.0.1:{port}"}, watched, grace)
    looking = asyncio.create_task(channels.renewing(SECONDS))
    try:
        yield channels
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
        await channels.close()


async def overview(channels: Channels) -> None:
    """One call of the pillar, which waits while nobody is there."""
    stub = overview_pb2_grpc.OverviewServiceStub(channels["living"])
    await stub.GetOverview(overview_pb2.GetOverviewRequest(), timeout=5, wait_for_ready=True)


def renew(old: Files, new: Files) -> None:
    """Puts other content into the same files, as a renewal does."""
    pairs = ((old.authority, new.authority), (old.certificate, new.certificate), (old.key, new.key))
    for path, source in pairs:
        written = path.stat().st_mtime
        path.write_bytes(source.read_bytes())
        os.utime(path, (written + 1, written + 1))


async def renewed(channels: Channels) -> None:
    """Waits until later calls go a new way."""
    before = channels["living"].current
    async with asyncio.timeout(5):
        while channels["living"].current is before:
            await asyncio.sleep(SECONDS)


async def test_a_renewed_certificate_is_shown_on_the_next_connection(tmp_path: Path) -> None:
    house, successor = Authority(tmp_path), Authority(tmp_path, "successor")
    own = house.issue("gateway")
    async with AsyncExitStack() as stack:
        async with serving(house.issue("living")) as (port, _):
            channels = await stack.enter_async_context(connected(own, port))
            await overview(channels)
            waiting = asyncio.create_task(renewed(channels))
            await asyncio.sleep(0)
            renew(own, successor.issue("renewed"))
            await waiting
        async with serving(successor.issue("living-renewed"), port):  # takes nobody who shows the former one
            await overview(channels)


async def test_a_call_under_way_ends_well_when_the_certificate_is_renewed(tmp_path: Path) -> None:
    house = Authority(tmp_path)
    own = house.issue("gateway")
    async with serving(house.issue("living")) as (port, pillar), connected(own, port) as channels:
        pillar.let.clear()
        call = asyncio.create_task(overview(channels))
        await pillar.called.wait()
        waiting = asyncio.create_task(renewed(channels))
        await asyncio.sleep(0)
        renew(own, house.issue("again"))
        await waiting
        later = asyncio.create_task(overview(channels))
        await asyncio.sleep(SECONDS)
        pillar.let.set()
        await asyncio.gather(call, later)


async def test_files_that_are_half_renewed_are_looked_at_again(tmp_path: Path) -> None:
    house = Authority(tmp_path)
    own = house.issue("gateway")
    async with serving(house.issue("living")) as (port, _), connected(own, port) as channels:
        key = own.key.read_bytes()
        own.key.unlink()
        await asyncio.sleep(5 * SECONDS)
        await overview(channels)
        waiting = asyncio.create_task(renewed(channels))
        await asyncio.sleep(0)
        own.key.write_bytes(key)
        written = own.key.stat().st_mtime + 1
        os.utime(own.key, (written, written))
        await waiting
        await overview(channels)
