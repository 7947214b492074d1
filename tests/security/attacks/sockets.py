"""Visitors byte by byte, from addresses of their own, and the gateway's server with short patience for them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from gateway.edge.connections import Connections
from gateway.edge.server import configured
from tests.gateway.running import InProcessServer, gateway_settings

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
    await until(lambda: running.started)
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


async def until(holds: Any) -> None:
    """Waits until it does."""
    async with asyncio.timeout(WAIT):
        while not holds():
            await asyncio.sleep(0.01)
