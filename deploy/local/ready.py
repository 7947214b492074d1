"""Whether a process answers: one HTTP request or one gRPC health check, without a client library in memory."""

from __future__ import annotations

import asyncio
import os
import struct
from collections.abc import Awaitable, Callable

from h2.connection import H2Connection
from h2.events import DataReceived, Event, StreamEnded, StreamReset
from h2.exceptions import H2Error

Ready = Callable[[], Awaitable[bool]]
HOST = "127.0.0.1"
_PATIENCE = "SMARTCITY_PATIENCE_S"
"""Setting: seconds that a process may take to say that it is well; more than 2 on a machine that is overloaded."""
_EMPTY_MESSAGE = bytes(5)  # gRPC frame: not compressed, 0 bytes; HealthCheckRequest for the whole server
_TLS_REQUEST = struct.pack("!II", 8, 80877103)  # SSLRequest, which is answered before anybody says who they are
_SERVING = b"\x08\x01"  # HealthCheckResponse(status=SERVING)


def http_ok(port: int, path: str) -> Ready:
    """Ready when GET `path` answers 200."""

    async def check() -> bool:
        return await _patiently(_get(port, path))

    return check


def grpc_serving(port: int) -> Ready:
    """Ready when grpc.health.v1 says SERVING. By hand, since the gRPC library does not go along with fork."""

    async def check() -> bool:
        return await _patiently(_health(port))

    return check


def postgres_answers(port: int) -> Ready:
    """Ready when PostgreSQL says whether it speaks TLS. To one that hangs the kernel still lets connections in."""

    async def check() -> bool:
        return await _patiently(_asked_for_tls(port))

    return check


def from_sync(check: Callable[[], bool]) -> Ready:
    """Ready when a check that does not block says so."""

    async def ready() -> bool:
        return check()

    return ready


def patience() -> float:
    """Seconds to wait for an answer."""
    return float(os.environ.get(_PATIENCE, "2"))


async def _patiently(answer: Awaitable[bool]) -> bool:
    """False when it takes too long. Not by wait_for, which on Python 3.11 may swallow the caller's cancellation."""
    try:
        async with asyncio.timeout(patience()):
            return await answer
    except (OSError, TimeoutError, H2Error):
        return False


async def _get(port: int, path: str) -> bool:
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: close\r\n\r\n".encode())
        status = await reader.readline()
        return status.split(b" ")[1:2] == [b"200"]
    finally:
        writer.close()


async def _asked_for_tls(port: int) -> bool:
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(_TLS_REQUEST)
        return await reader.read(1) in (b"S", b"N")
    finally:
        writer.close()


async def _health(port: int) -> bool:
    reader, writer = await asyncio.open_connection(HOST, port)
    connection = H2Connection()
    try:
        connection.initiate_connection()
        stream = connection.get_next_available_stream_id()
        connection.send_headers(
            stream,
            [
                (":method", "POST"),
                (":scheme", "http"),
                (":authority", f"{HOST}:{port}"),
                (":path", "/grpc.health.v1.Health/Check"),
                ("content-type", "application/grpc"),
                ("te", "trailers"),
                ("grpc-timeout", "1S"),
            ],
        )
        connection.send_data(stream, _EMPTY_MESSAGE, end_stream=True)
        answer = b""
        while True:
            writer.write(connection.data_to_send())
            received = await reader.read(4096)
            events: list[Event] = connection.receive_data(received) if received else []
            answer += b"".join(event.data or b"" for event in events if isinstance(event, DataReceived))
            if not received or any(isinstance(event, StreamEnded | StreamReset) for event in events):
                return answer[5:] == _SERVING
    finally:
        writer.close()
