"""A visitor who sends bodies piece by piece, and what a refusal of them says."""

from __future__ import annotations

import asyncio
import html
import json
from typing import Any

import httpx

from gateway.bodies.flight import Flight
from gateway.edge.middleware import RequestLimits
from gateway.portal.kit.texts import catalogue
from tests.gateway.running import Stand

MEBIBYTE = 1 << 20
LARGE = 30 * MEBIBYTE
FORM = "multipart/form-data; boundary=x"
WAIT = 20.0
SIGNED = "/surat/"
"""Links in mails: a signed token in the address stands for the form's, and mail programs post there by themselves."""


def part(name: str, value: str = "", filename: str | None = None) -> bytes:
    """The beginning of a part, or a whole field."""
    said = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename is not None else "")
    end = f"{value}\r\n" if filename is None else value
    return f"--x\r\ncontent-disposition: {said}\r\n\r\n{end}".encode()


WORDS = {
    name: catalogue("id")[f"reason.{name}"]
    for name in ("CSRF_TOKEN_REFUSED", "BODIES_BUSY", "BODIES_FROM_ADDRESS", "MEDIA_TYPE_NOT_TAKEN")
}


class Visitor:
    """A request whose body is sent piece by piece."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def post(
        cls, stand: Stand, path: str, kind: str, size: int | None, address: str = "127.0.0.1", **headers: str
    ) -> Visitor:
        """Sends the headers of a request; without ``size`` the body comes in chunks."""
        way = await asyncio.open_connection("127.0.0.1", stand.settings.port, local_addr=(address, 0))
        made = cls(*way)
        length = "transfer-encoding: chunked" if size is None else f"content-length: {size}"
        more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"POST {path} HTTP/1.1\r\nhost: city\r\ncontent-type: {kind}\r\n{length}\r\n{more}\r\n"
        made._writer.write(head.encode())
        return made

    async def send(self, data: bytes) -> None:
        """Sends so much of the body."""
        self._writer.write(data)
        await self._writer.drain()

    @property
    def answered(self) -> bool:
        """Whether an answer is there, or beginning."""
        return bool(self._reader._buffer)  # type: ignore[attr-defined]

    async def answer(self) -> httpx.Response:
        """The answer, in time."""
        async with asyncio.timeout(WAIT):
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            length = int(head.partition("content-length: ")[2].split()[0])
            body = await self._reader.readexactly(length)
        pairs = [line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line]
        return httpx.Response(int(head.split()[1]), headers=[(a, b) for a, b in pairs], content=body)

    def close(self) -> None:
        """Gone."""
        self._writer.close()


def reason(answer: httpx.Response) -> tuple[int, str]:
    """Status and reason; pages tell people of it in words."""
    said = answer.headers["content-type"]
    if said.startswith("text/html"):
        [told] = [name for name, words in WORDS.items() if html.escape(words) in answer.text] or [""]
        return answer.status_code, told
    return answer.status_code, json.loads(answer.content)["reason"]


async def token(client: httpx.AsyncClient) -> dict[str, str]:
    """Form token and cookie of a visitor."""
    page = await client.get("/lapor")
    csrf = page.text.partition('name="csrf" value="')[2].partition('"')[0]
    return {"csrf": csrf, "cookie": "; ".join(f"{name}={value}" for name, value in client.cookies.items())}


def flight_of(stand: Stand) -> Flight:
    """What the gateway counts."""
    app: Any = stand.app.middleware_stack
    while not isinstance(app, RequestLimits):
        app = getattr(app, "app", None) or app._app
    return app._flight
