"""A request may take as long as its bytes take at a steady rate; what does not get on is cut off."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.edge.middleware import RequestLimits
from tests.gateway.running import gateway_settings

SECONDS, RATE, PAUSE = 0.4, 20_000, 0.1
PIECES = 12
"""With a pause after each, three times as long as a request may take."""


async def _read(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await PlainTextResponse(str(len(body)))(scope, receive, send)


async def _write(scope: Scope, receive: Receive, send: Send) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(PIECES):
            yield bytes(int(scope["query_string"]))

    await StreamingResponse(pieces())(scope, receive, send)


async def _asked(home: Path, app: ASGIApp, size: int, *, slow_body: bool) -> tuple[int, int, bytes]:
    """Status, size and Retry-After of the answer to a body that comes, or which is taken, in pieces of a size."""
    settings = gateway_settings("postgresql://unused", {}, home, {}, request_seconds=SECONDS, steady_rate=RATE)
    left, answered, taken, wait = PIECES if slow_body else 1, 0, 0, b""

    async def receive() -> dict[str, Any]:
        nonlocal left
        if not left:
            await asyncio.Event().wait()
        await asyncio.sleep(PAUSE if slow_body else 0)
        left -= 1
        return {"type": "http.request", "body": bytes(size if slow_body else 0), "more_body": left > 0}

    async def send(message: Any) -> None:
        nonlocal answered, taken, wait
        answered = message.get("status", answered)
        wait = dict(message.get("headers", ())).get(b"retry-after", wait)
        taken += len(message.get("body", b""))
        await asyncio.sleep(0 if slow_body else PAUSE)

    scope: dict[str, Any] = {
        "type": "http", "method": "POST" if slow_body else "GET", "path": "/", "query_string": str(size).encode(),
        "headers": [], "state": {"address": "192.0.2.1"}, "app": SimpleNamespace(state=SimpleNamespace()),
    }  # fmt: skip
    await RequestLimits(app, settings)(scope, receive, send)
    return answered, taken, wait


async def test_a_body_that_comes_slowly_but_steadily_is_read_to_its_end(tmp_path: Path) -> None:
    assert await _asked(tmp_path, _read, 4_000, slow_body=True) == (200, len(str(4_000 * PIECES)), b"")


async def test_a_body_that_does_not_get_on_is_cut_off(tmp_path: Path) -> None:
    status, _, wait = await _asked(tmp_path, _read, 40, slow_body=True)
    assert (status, wait) == (504, b"1")


async def test_an_answer_that_is_taken_slowly_but_steadily_is_sent_to_its_end(tmp_path: Path) -> None:
    assert await _asked(tmp_path, _write, 4_000, slow_body=False) == (200, 4_000 * PIECES, b"")


async def test_an_answer_that_nobody_takes_ends(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="broke off"):
        await _asked(tmp_path, _write, 40, slow_body=False)
