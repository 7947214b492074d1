"""One visitor's sockets stop nobody else: unfinished, endless, idle, slow and too many, against a real server."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from deploy.local.process import free_ports
from gateway.edge.connections import Connections
from gateway.edge.server import configured
from tests.gateway.running import InProcessServer, gateway_settings, serving

LIVEZ = b"GET /livez HTTP/1.1\r\nHost: city\r\n\r\n"
READ = b"POST /read HTTP/1.1\r\nHost: city\r\n"
WAIT = 15.0
"""Longest a test waits for what should come at once; the machine may be busy."""
LOOPBACK = ("127.0.0.2", "127.0.0.3")
"""Other visitors: on Linux all of 127.0.0.0/8 is this machine."""


class Socket:
    """One visitor's connection, byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def to(cls, served: Served, address: str = "127.0.0.1", limit: int = 1 << 20) -> Socket:
        """Connects from an address."""
        local = (address, 0)
        return cls(*await asyncio.open_connection("127.0.0.1", served.port, local_addr=local, limit=limit))

    async def send(self, data: bytes) -> None:
        """Sends, as long as the other side has not ended the connection."""
        if not self._reader.at_eof() and not self._writer.is_closing():
            with contextlib.suppress(ConnectionError):
                self._writer.write(data)
                await self._writer.drain()

    async def answer(self) -> tuple[int, dict[str, Any]]:
        """Status and problem of the one answer; the connection is still open unless ``ends``."""
        async with asyncio.timeout(WAIT):
            head = await self._reader.readuntil(b"\r\n\r\n")
            length = next(int(each[15:]) for each in head.split(b"\r\n") if each.startswith(b"content-length:"))
            body = await self._reader.readexactly(length)
        return int(head.split()[1]), json.loads(body) if b"problem+json" in head else {}

    async def ends(self) -> float:
        """Seconds until the other side ends the connection."""
        began = time.monotonic()
        async with asyncio.timeout(WAIT):
            with contextlib.suppress(ConnectionError):
                while await self._reader.read(1 << 16):
                    pass
        return time.monotonic() - began

    def pause(self) -> None:
        """Takes nothing any more."""
        self._writer.transport.pause_reading()  # type: ignore[attr-defined]

    def close(self) -> None:
        """Gone."""
        self._writer.close()


@dataclass
class Served:
    """A server with the gateway's guard in front of three small answers."""

    port: int
    connections: Connections


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Served]:
    """The gateway's server with short patience and few places."""
    settings = gateway_settings(
        "postgresql://unused",
        {},
        tmp_path,
        {},
        head_seconds=1,
        idle_seconds=1.5,
        stall_seconds=1,
        slowest_rate=10_000,
        connections=40,
        connections_per_address=20,
    )
    app = FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False})
    app.add_route("/livez", _livez)
    app.add_route("/read", _read, methods=["POST"])
    app.add_route("/large", _large)
    config = configured(app, settings, loop="none")
    running = InProcessServer(config, app, settings)
    task = asyncio.create_task(running.serve())
    await _until(lambda: running.started)
    yield Served(settings.port, config.connections)
    running.should_exit = True
    await task


async def _livez(request: Request) -> Response:
    return PlainTextResponse("ok\n")


async def _read(request: Request) -> Response:
    with contextlib.suppress(ClientDisconnect):
        await request.body()
    return PlainTextResponse("read\n", 500 if "x-late" in request.headers else 200)


async def _large(request: Request) -> Response:
    return Response(bytes(8_000_000))


@contextlib.contextmanager
def closing(*sockets: Socket) -> Iterator[None]:
    """Closes them at the end."""
    try:
        yield
    finally:
        for each in sockets:
            each.close()


async def livez(served: Served, address: str = "127.0.0.1") -> tuple[int, float]:
    """Status and seconds of a probe over a connection of its own."""
    began = time.monotonic()
    socket = await Socket.to(served, address)
    with closing(socket):
        await socket.send(LIVEZ)
        return (await socket.answer())[0], time.monotonic() - began


async def test_a_header_that_never_ends_is_cut_off_and_holds_up_nobody(server: Served) -> None:
    hostile = [await Socket.to(server) for _ in range(4)]
    with closing(*hostile):
        for each in hostile:
            await each.send(b"GET /livez HTTP/1.1\r\nHost: city\r\nX-A: ")

        async def push(socket: Socket) -> None:
            for _ in range(200):
                await socket.send(b"a" * 65_536)

        pushing = asyncio.gather(*(push(each) for each in hostile))
        slowest = max([(await livez(server))[1] for _ in range(10)])
        await pushing
        assert slowest < 1
        for each in hostile:
            assert await each.ends() < 5


@pytest.mark.parametrize(
    ("request_", "status", "reason"),
    [
        (b"GET /livez HTTP/1.1\r\nHost: city\r\nX-A: " + b"a" * 20_000, 431, "HEADERS_TOO_LARGE"),
        (b"GET /livez HTTP/1.1\r\nHost: city\r\nX-" + b"a" * 20_000, 431, "HEADERS_TOO_LARGE"),
        (b"GET /livez HTTP/1.1\r\nHost: city\r\n" + b"X-A: b\r\n" * 100 + b"\r\n", 431, "HEADERS_TOO_LARGE"),
        (b"GET /livez HTTP/1.1\r\nHost: city\r\n" + (b"X-A: " + b"b" * 4_000 + b"\r\n") * 5, 431, "HEADERS_TOO_LARGE"),
        (b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: city\r\n\r\n", 414, "ADDRESS_TOO_LONG"),
        (b"\r\n" * 10_000, 431, "HEADERS_TOO_LARGE"),
        (b"GET /livez HTTP/1.1\r\n\r\n", 400, "HOST_NOT_CLEAR"),
        (b"GET /livez HTTP/1.1\r\nHost: city\r\nHost: city\r\n\r\n", 400, "HOST_NOT_CLEAR"),
        (b"GET /livez HTTP/1.0\r\nHost: city\r\nhost: evil\r\n\r\n", 400, "HOST_NOT_CLEAR"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "MALFORMED_REQUEST"),
        (b"GET /livez HTTP/9.9\r\nHost: city\r\n\r\n", 400, "MALFORMED_REQUEST"),
        (b"GET http://city HTTP/1.1\r\nHost: city\r\n\r\n", 400, "MALFORMED_REQUEST"),
        (b"CONNECT evil:443 HTTP/1.1\r\nHost: evil:443\r\n\r\n", 400, "MALFORMED_REQUEST"),
    ],
    ids=lambda each: each[:24].decode("latin-1").split("\r")[0] if isinstance(each, bytes) else None,
)
async def test_a_request_beyond_the_bounds_is_refused_with_its_reason_and_the_connection_ends(
    server: Served, request_: bytes, status: int, reason: str
) -> None:
    socket = await Socket.to(server)
    with closing(socket):
        await socket.send(request_)
        answer = await socket.answer()
        assert (answer[0], answer[1].get("reason")) == (status, reason)
        assert answer[1]["detail"]
        await socket.ends()


async def test_headers_in_one_byte_pieces_are_read_within_the_bounds(server: Served) -> None:
    socket = await Socket.to(server)
    with closing(socket):
        for byte in b"GET /livez HTTP/1.1\r\nHost: city\r\n" + b"X-A: b\r\n" * 90 + b"\r\n":
            await socket.send(bytes([byte]))
        assert (await socket.answer())[0] == 200


async def test_the_largest_headers_that_are_allowed_pass(server: Served) -> None:
    socket = await Socket.to(server)
    with closing(socket):
        await socket.send(b"GET /livez HTTP/1.1\r\nHost: city\r\nCookie: " + b"a" * 8_000)
        await asyncio.sleep(0.1)
        await socket.send(b"a" * 7_000 + b"\r\n\r\n")
        assert (await socket.answer())[0] == 200


async def test_headers_that_take_too_long_are_answered_and_the_connection_ends(server: Served) -> None:
    socket = await Socket.to(server)
    with closing(socket):
        await socket.send(b"GET /livez HTTP/1.1\r\nHost: city\r\n")

        async def trickle() -> None:
            while True:
                await socket.send(b"X-A: b\r\n")
                await asyncio.sleep(0.2)

        trickling = asyncio.create_task(trickle())
        assert (await socket.answer())[1]["reason"] == "REQUEST_TOO_SLOW"
        trickling.cancel()
        await socket.ends()


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET",
        b"GET /livez HTTP/1.1\r\nHost: city\r\n",
        LIVEZ,
        READ + b"Content-Length: 9000\r\n\r\n{",
        READ + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
        b"GET /livez HTTP/1.1\r\nHost: city\r\nContent-Length: 9000\r\n\r\na",
        b"GET /livez HTTP/1.1\r\nHost: city\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nabc",
    ],
)
async def test_a_connection_on_which_nothing_more_comes_ends(server: Served, begun: bytes) -> None:
    sockets = [await Socket.to(server) for _ in range(10)]
    with closing(*sockets):
        for each in sockets:
            await each.send(begun)
        ended = await asyncio.gather(*(each.ends() for each in sockets))
    assert max(ended) < 10


@pytest.mark.parametrize(
    "head",
    [
        READ + b"Content-Length: 90000\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nHost: city\r\nContent-Length: 90000\r\n\r\n",
    ],
    ids=["read", "not read"],
)
async def test_a_body_that_trickles_ends(server: Served, head: bytes) -> None:
    socket = await Socket.to(server)
    with closing(socket):
        await socket.send(head)

        async def trickle() -> None:
            while True:
                await socket.send(b" ")
                await asyncio.sleep(0.1)

        trickling = asyncio.create_task(trickle())
        ended = await socket.ends()
        trickling.cancel()
    assert ended < 10


async def test_trailers_without_end_are_cut_off(server: Served) -> None:
    socket = await Socket.to(server)
    with closing(socket):
        await socket.send(READ + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX-A: ")
        for _ in range(20):
            await socket.send(b"a" * 4_000)
        assert (await socket.answer())[1]["reason"] == "HEADERS_TOO_LARGE"


async def test_trailers_are_no_headers(server: Served) -> None:
    socket = await Socket.to(server)
    with closing(socket):
        await socket.send(READ + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Late: 192.0.2.1\r\n\r\n")
        assert (await socket.answer())[0] == 200


async def test_whoever_takes_no_answer_is_cut_off(server: Served) -> None:
    socket = await Socket.to(server, limit=1024)
    with closing(socket):
        socket.pause()
        began = time.monotonic()
        while time.monotonic() - began < WAIT:  # until the kernel's own room is full, and then as long as it lasts
            await asyncio.wait_for(socket.send(b"GET /large HTTP/1.1\r\nHost: city\r\n\r\n"), WAIT)
            await asyncio.sleep(0.02)
            if not server.connections.open:
                break
        assert not server.connections.open, "the connection still holds its place"


async def test_requests_ahead_of_their_answers_are_bounded(server: Served) -> None:
    socket = await Socket.to(server)
    with closing(socket):
        await socket.send(LIVEZ * 1_000)
        answers = 0
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                assert (await socket.answer())[0] == 200
                answers += 1
        assert answers <= 20, "the rest is read when somebody asks again"


async def test_few_requests_ahead_are_all_answered(server: Served) -> None:
    socket = await Socket.to(server)
    with closing(socket):
        await socket.send(LIVEZ * 10)
        assert [(await socket.answer())[0] for _ in range(10)] == [200] * 10


async def test_what_comes_after_a_refusal_is_not_taken_without_end(server: Served) -> None:
    socket = await Socket.to(server)
    with closing(socket):
        sent = 0

        async def push() -> None:
            nonlocal sent
            await socket.send(b"nonsense\r\n\r\n")
            while sent < 200_000_000:
                await socket.send(b"a" * 65_536)
                sent += 65_536

        pushing = asyncio.create_task(push())
        assert (await socket.answer())[1]["reason"] == "MALFORMED_REQUEST"
        await socket.ends()
        pushing.cancel()
        assert sent < 50_000_000  # most of it waits in the kernel


async def test_idle_connections_of_one_address_give_way_to_its_own_next_one(server: Served) -> None:
    sockets = [await Socket.to(server) for _ in range(30)]
    with closing(*sockets):
        assert (await livez(server))[0] == 200
        assert server.connections.open <= 20
        assert await sockets[0].ends() < 1


async def test_busy_connections_of_one_address_leave_room_for_others(server: Served) -> None:
    sockets = [await Socket.to(server) for _ in range(20)]
    with closing(*sockets):
        for each in sockets:
            await each.send(b"GET /livez HTTP/1.1\r\n")
        await _until(lambda: server.connections.resting == 0)
        one_more = await Socket.to(server)
        with closing(one_more):
            await one_more.send(LIVEZ)
            assert (await one_more.answer())[1]["reason"] == "TOO_MANY_CONNECTIONS"
        assert (await livez(server, LOOPBACK[0]))[0] == 200


async def test_a_full_house_lets_the_next_one_in_while_somebody_only_rests(server: Served) -> None:
    sockets = [await Socket.to(server, address) for address in LOOPBACK for _ in range(20)]
    with closing(*sockets):
        assert server.connections.open == 40
        status, seconds = await livez(server)
        assert (status, seconds < 1) == (200, True)


async def test_a_house_full_of_work_says_so(server: Served) -> None:
    sockets = [await Socket.to(server, address) for address in LOOPBACK for _ in range(20)]
    with closing(*sockets):
        for each in sockets:
            await each.send(b"GET /livez HTTP/1.1\r\n")
        await _until(lambda: server.connections.resting == 0)
        next_one = await Socket.to(server)
        with closing(next_one):
            await next_one.send(LIVEZ)
            assert (await next_one.answer())[1]["reason"] == "CONNECTIONS_FULL"
    await _until(lambda: server.connections.open == 0)
    assert (await livez(server))[0] == 200


async def _until(holds: Any) -> None:
    async with asyncio.timeout(WAIT):
        while not holds():
            await asyncio.sleep(0.01)


async def test_probes_have_a_port_of_their_own(
    edge_database: str, assertion_key: dict[str, Any], tmp_path: Path
) -> None:
    health = free_ports(1)[0]
    settings = gateway_settings(edge_database, assertion_key, tmp_path, {}, connections=1, health_port=health)
    async with serving(settings) as stand:
        busy = await Socket.to(Served(settings.port, stand.app.state.connections))
        with closing(busy):
            await busy.send(b"GET /livez HTTP/1.1\r\n")
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{health}", timeout=5) as kubelet:
                began = time.monotonic()
                assert (await kubelet.get("/livez")).text == "ok\n"
                assert time.monotonic() - began < 1
                assert (await kubelet.get("/readyz")).status_code in (200, 503)
                assert (await kubelet.get("/v1/city")).status_code == 404
                stand.gateway.drain()
                assert (await kubelet.get("/readyz")).text == "draining\n"
