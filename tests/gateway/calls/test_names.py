"""Pods come and go behind a name: when the gateway looks it up again, and what a rolling update costs through a DNS
that goes on answering with what was."""

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from pathlib import Path

import grpc
import grpc.aio
import pytest

from deploy.local.process import free_ports
from deploy.local.secrets import new_jwk
from gateway.answers.problems import from_grpc
from gateway.calls.assertions import Assertions
from gateway.calls.channels import Channels
from gateway.calls.pillars import PILLARS, Pillars
from gateway.settings import GatewaySettings
from services.kit.caller import ANONYMOUS, Minter
from services.kit.rpc.server import OPTIONS
from smartcity.living.v1 import overview_pb2, overview_pb2_grpc
from tests.fixtures.names import NameServer, name_server
from tests.gateway.calls.test_channels import Overview

DESCRIPTORS = Path("/proc/self/fd")
DNS_SECONDS, AGE_SECONDS = 2.0, 0.5
"""How long DNS keeps a name, and a connection lives: 30 s each in a cluster."""


class Pods:
    """What a headless Service has: pods at addresses of this machine, all with one port, known to DNS when ready."""

    def __init__(self, names: NameServer) -> None:
        (self.port,) = free_ports(1)
        self._names = names
        self._running: dict[str, grpc.aio.Server] = {}
        self.answers = Overview()
        """What all of them run; it answers when it is let."""

    @property
    def target(self) -> str:
        """As the chart gives it to the gateway, but for whom to ask."""
        return f"dns://{self._names.authority}/smartcity-living:{self.port}"

    async def start(self, address: str) -> None:
        aged = {**dict(OPTIONS), "grpc.max_connection_age_ms": int(AGE_SECONDS * 1000)}
        server = grpc.aio.server(options=list(aged.items()))
        overview_pb2_grpc.add_OverviewServiceServicer_to_server(self.answers, server)
        assert server.add_insecure_port(f"{address}:{self.port}") == self.port
        await server.start()
        self._running[address] = server
        self._names.addresses = list(self._running)

    async def end(self, address: str) -> None:
        """As a pod ends: DNS no longer has it, calls under way are finished."""
        server = self._running.pop(address)
        self._names.addresses = list(self._running)
        await server.stop(0.1)

    async def end_all(self) -> None:
        for address in list(self._running):
            await self.end(address)


@asynccontextmanager
async def two_pods(keeps: float) -> AsyncIterator[tuple[NameServer, Pods, Pillars]]:
    """A pillar with two pods and the gateway's way to it."""
    async with AsyncExitStack() as stack:
        names = await stack.enter_async_context(name_server(keeps))
        pods = Pods(names)
        stack.push_async_callback(pods.end_all)
        for address in ("127.0.0.1", "127.0.0.2"):
            await pods.start(address)
        settings = GatewaySettings.model_validate(
            {
                "mode": "local",
                "postgres_url": "postgresql://unused",
                "assertion_key": json.dumps(new_jwk()),
                "session_secret": "x" * 32,
                "files_url": "file:///unused",
                "targets": dict.fromkeys(PILLARS, pods.target),
            }
        )
        made = Pillars(settings, Assertions(Minter(settings.assertion_key.get_secret_value())))
        stack.push_async_callback(made.close)
        await overview(made, 5.0)
        yield names, pods, made


async def overview(pillars: Pillars, within: float) -> None:
    await pillars.call(overview_pb2.GetOverviewRequest(), ANONYMOUS, within=within)


async def failed(pillars: Pillars, until: "asyncio.Task[None]", within: float) -> list[str]:
    """People call until the rollout is over; what some of them were told."""
    told: list[str] = []
    calls: set[asyncio.Task[None]] = set()

    async def one() -> None:
        try:
            await overview(pillars, within)
        except grpc.aio.AioRpcError as error:
            told.append(error.code().name)

    while not until.done():
        calls.add(asyncio.create_task(one()))
        await asyncio.sleep(0.05)
    await asyncio.gather(until, *calls)
    assert len(calls) >= 10, "the shortest of them is over after 1.2 s: 24 on a machine that has time"
    return told


async def roll(pods: Pods, ready_seconds: float) -> None:
    """A Deployment's rolling update: a new pod, so many seconds that it is ready, then an old one ends."""
    for new, old in (("127.0.0.3", "127.0.0.1"), ("127.0.0.4", "127.0.0.2")):
        await pods.start(new)
        await asyncio.sleep(ready_seconds)
        await pods.end(old)
    await asyncio.sleep(1.0)


async def test_a_rollout_fails_nobody_when_new_pods_wait_for_dns_and_connections() -> None:
    async with two_pods(DNS_SECONDS) as (_, pods, pillars):
        rolling = asyncio.create_task(roll(pods, DNS_SECONDS + 1.1 * AGE_SECONDS))
        assert await failed(pillars, rolling, within=0.5) == []


async def test_a_rollout_that_does_not_wait_fails_some() -> None:
    """The reason for `minReadySeconds` in the chart."""
    async with two_pods(DNS_SECONDS) as (_, pods, pillars):
        assert await failed(pillars, asyncio.create_task(roll(pods, 0.1)), within=0.5) != []


async def test_dead_addresses_are_looked_up_anew_each_second() -> None:
    """Of DNS that still tells of them."""
    async with two_pods(keeps=60.0) as (names, pods, pillars):
        await pods.end_all()
        for _ in range(3):
            names.looked_up.clear()
            async with asyncio.timeout(2.5):
                while not names.looked_up.is_set():
                    with suppress(grpc.aio.AioRpcError):
                        await overview(pillars, 0.1)


async def test_a_pillar_that_was_away_for_long_is_found_as_soon_as_it_is_back() -> None:
    """gRPC alone looks after 1, 2, 4, 8 and more seconds when a name leads to nobody."""
    async with two_pods(keeps=0.0) as (_, pods, pillars):
        await pods.end_all()
        with pytest.raises(grpc.aio.AioRpcError):
            await overview(pillars, 5.0)
        await pods.start("127.0.0.3")
        await overview(pillars, 2.5)


async def test_people_are_told_503_where_nobody_is_and_504_where_nobody_answers() -> None:
    """As the page for operators says it."""
    pages = (Path(__file__).parents[3] / "docs" / "operate.md").read_text(encoding="utf-8").splitlines()
    (row,) = [line for line in pages if line.startswith("| a whole pillar |")]
    assert "503" in row
    assert "504" in row
    async with two_pods(keeps=0.0) as (_, pods, pillars):
        pods.answers.let.clear()
        with pytest.raises(grpc.aio.AioRpcError) as hung:
            await overview(pillars, 0.3)
        assert from_grpc(hung.value).status == 504
        pods.answers.let.set()
        await pods.end_all()
        with pytest.raises(grpc.aio.AioRpcError) as gone:
            await pillars.call(overview_pb2.GetOverviewRequest(), ANONYMOUS, within=5.0, retry=False)
        assert from_grpc(gone.value).status == 503


async def test_an_attempt_to_connect_is_given_the_time_that_a_busy_pod_needs() -> None:
    """Its port is open before it gets to shake hands; to give up at once and come again makes it busier."""
    attempts = 0

    async def slowly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal attempts
        attempts += 1
        await asyncio.sleep(0.4)
        there, here = await asyncio.open_connection("127.0.0.1", port)
        with closing(here), suppress(ConnectionError):
            await asyncio.gather(_carry(reader, here), _carry(there, writer))

    server = grpc.aio.server()
    overview_pb2_grpc.add_OverviewServiceServicer_to_server(Overview(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    busy = await asyncio.start_server(slowly, "127.0.0.1", 0)
    channels = Channels({"living": f"ipv4:127.0.0.1:{busy.sockets[0].getsockname()[1]}"}, None, 0)
    try:
        stub = overview_pb2_grpc.OverviewServiceStub(channels["living"])
        await stub.GetOverview(overview_pb2.GetOverviewRequest(), timeout=5)
    finally:
        await channels.close()
        await server.stop(0)
        busy.close()
    assert attempts == 1


async def _carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while data := await source.read(65536):
        target.write(data)
        await target.drain()
    target.close()


async def test_a_node_that_vanished_is_given_up_after_seconds() -> None:
    """What was sent to it is never acknowledged; without a bound of ours, calls ran into their deadlines for 20 s."""
    async with two_pods(keeps=0.0) as (_, pods, _pillars):
        patience = [each.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) for each in _connections_to(pods.port)]
    assert patience
    assert all(0 < each <= 5000 for each in patience)


def _connections_to(port: int) -> Iterator[socket.socket]:
    """This process's own side of its connections to a port."""
    for number in map(int, os.listdir(DESCRIPTORS)):  # noqa: PTH208 - numbers, no paths
        with suppress(OSError), socket.socket(fileno=os.dup(number)) as each:
            if each.family in (socket.AF_INET, socket.AF_INET6) and each.getpeername()[1] == port:
                yield each


@pytest.fixture(autouse=True)
def _linux() -> None:
    """All of 127.0.0.0/8 is this machine."""
    if not DESCRIPTORS.is_dir():
        pytest.skip("needs the loopback network of Linux")
