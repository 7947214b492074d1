"""One visitor's sockets stop nobody else: unfinished, endless, idle and slow, against a real server."""

from __future__ import annotations

import asyncio
import contextlib
import time

import pytest

from tests.security.attacks.sockets import LIVEZ, READ, WAIT, Served, Socket, closing, livez, server

__all__ = ["server"]


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
