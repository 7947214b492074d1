"""Visitors who mean harm, each from an address of its own on the loopback network: what they do goes on until they end.

None of them floods: each holds what it can hold, or asks for what costs most, and begins again when it is cut off.
"""

import asyncio
import contextlib
import json
import random
import socket
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fixtures.house import new_key
from tests.security.attacks import pictures

PAUSE_S = 1.0
"""Between two goes of one of them."""

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Hostile:
    """Attacks one gateway. ``answers`` counts what each kind was told; ``ENDED`` is a connection that was cut off."""

    host: str
    port: int
    case: dict[str, Any]
    """A case that one of them filed, as the API answered."""
    answers: Counter[tuple[str, str]] = field(default_factory=Counter)

    def crowd(self, count: int) -> list[Awaitable[None]]:
        """So many of them, of each kind alike many."""
        kinds = list(KINDS.items())
        return [self._go_on(*kinds[number % len(kinds)], number) for number in range(count)]

    async def _go_on(self, kind: str, attack: "Attack", number: int) -> None:
        address = f"127.66.{number // 200}.{number % 200 + 1}"
        chance = random.Random(number)
        await asyncio.sleep(chance.random() * 10)
        while True:
            told = "ENDED"
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
                async with self._connected(address) as streams:
                    told = await attack(streams, self)
            self.answers[kind, told] += 1
            await asyncio.sleep(PAUSE_S * (0.5 + chance.random()))

    @contextlib.asynccontextmanager
    async def _connected(self, address: str) -> AsyncIterator[Streams]:
        reader, writer = await asyncio.open_connection(self.host, self.port, local_addr=(address, 0))
        try:
            yield reader, writer
        finally:
            writer.transport.abort()


Attack = Callable[[Streams, Hostile], Awaitable[str]]


async def _status(reader: asyncio.StreamReader, seconds: float = 120.0) -> str:
    """Status of the answer that comes, or that the connection ended without one."""
    async with asyncio.timeout(seconds):
        line = await reader.readline()
    return line.split(b" ", 2)[1].decode() if line.startswith(b"HTTP/1.1 ") else "ENDED"


def _head(host: str, method: str, path: str, **fields: object) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def _dribble(streams: Streams, begun: bytes, piece: bytes, pause: float) -> str:
    """Sends ``begun`` and then piece after piece until the answer comes."""
    reader, writer = streams
    writer.write(begun)
    answer = asyncio.ensure_future(_status(reader))
    try:
        while not answer.done():
            writer.write(piece)
            await asyncio.wait({answer}, timeout=pause)
        return answer.result()
    finally:
        answer.cancel()


async def _endless_header(streams: Streams, us: Hostile) -> str:
    return await _dribble(streams, f"GET / HTTP/1.1\r\nHost: {us.host}\r\nX-A: ".encode(), b"a" * 4096, 0.05)


async def _slow_header(streams: Streams, us: Hostile) -> str:
    return await _dribble(streams, f"GET / HTTP/1.1\r\nHost: {us.host}\r\nX-A: ".encode(), b"a", 1.0)


async def _nothing(streams: Streams, us: Hostile) -> str:
    return await _status(streams[0])


async def _slow_body(streams: Streams, us: Hostile) -> str:
    head = _head(us.host, "POST", "/v1/complaints", Content_Type="application/json", Content_Length=200_000)
    return await _dribble(streams, head, b" ", 0.5)


async def _no_reader(streams: Streams, us: Hostile) -> str:
    """Asks for much and takes none of it."""
    reader, writer = streams
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader._transport.pause_reading()  # type: ignore[attr-defined]
    writer.write(_head(us.host, "GET", "/v1/openapi.json") * 8)
    await asyncio.sleep(40)
    return "HELD"


async def _large_form(streams: Streams, us: Hostile) -> str:
    """A form of 30 MB where JSON is taken."""
    kind = "multipart/form-data; boundary=x"
    begun = _head(us.host, "POST", "/v1/complaints", Content_Type=kind, Content_Length=30 << 20)
    return await _dribble(streams, begun, b"x" * 65_536, 0.02)


async def _photo(streams: Streams, us: Hostile, data: bytes) -> str:
    name = b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\n'
    body = name + data + b"\r\n--x--\r\n"
    kind = "multipart/form-data; boundary=x"
    path = f"/v1/complaints/{us.case['code']}/photos"
    fields = {"Idempotency_Key": new_key(), "X_Link_Key": us.case["link_key"]}
    head = _head(us.host, "POST", path, Content_Type=kind, Content_Length=len(body), **fields)
    reader, writer = streams
    writer.write(head + body)
    return await _status(reader)


async def _many_pixels(streams: Streams, us: Hostile) -> str:
    return await _photo(streams, us, pictures.webp(7_000, 7_000))


_SCANS = pictures.scanned(90, 1_500)


async def _many_scans(streams: Streams, us: Hostile) -> str:
    return await _photo(streams, us, _SCANS)


async def _similar(streams: Streams, us: Hostile) -> str:
    """Long words near everything."""
    words = " ".join(random.choice(("sampah", "banjir", "lubang", "lampu")) + str(n) for n in range(300))
    body = json.dumps({"text": words[:1_000], "location": {"lon": 110.41, "lat": -6.985}}).encode()
    head = _head(us.host, "POST", "/v1/complaints/similar", Content_Type="application/json", Content_Length=len(body))
    streams[1].write(head + body)
    return await _status(streams[0])


async def _false_token(streams: Streams, us: Hostile) -> str:
    token = f"eyJhbGciOiJSUzI1NiIsImtpZCI6IntrandomfX0.{random.randbytes(40).hex()}.{random.randbytes(40).hex()}"
    streams[1].write(_head(us.host, "GET", "/v1/me", Authorization=f"Bearer {token}"))
    return await _status(streams[0])


async def _ahead(streams: Streams, us: Hostile) -> str:
    """Hundreds of requests before the first answer."""
    streams[1].write(_head(us.host, "GET", "/v1/city") * 300)
    return await _status(streams[0])


async def _two_hosts(streams: Streams, us: Hostile) -> str:
    streams[1].write(_head(us.host, "GET", "/", Host="evil.example"))
    return await _status(streams[0])


async def _half_closed(streams: Streams, us: Hostile) -> str:
    streams[1].write(f"POST /lapor HTTP/1.1\r\nHost: {us.host}\r\nContent-Length: 9\r\n\r\na".encode())
    streams[1].write_eof()
    return await _status(streams[0])


KINDS: dict[str, Attack] = {
    "a header without end": _endless_header,
    "a header byte by byte": _slow_header,
    "nothing at all": _nothing,
    "a body byte by byte": _slow_body,
    "an answer nobody takes": _no_reader,
    "a form of 30 MB to a route of JSON": _large_form,
    "a photo of 49 million pixels": _many_pixels,
    "a photo of many scans": _many_scans,
    "long words to compare": _similar,
    "a false token": _false_token,
    "requests ahead of answers": _ahead,
    "two hosts": _two_hosts,
    "half a request": _half_closed,
}
