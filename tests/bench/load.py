"""A plain load: some connections that send one HTTP request after the other, and what a process uses meanwhile."""

import asyncio
import os
import time
from pathlib import Path
from urllib.parse import urlsplit


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Status and body of one answer that says its length."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = next(int(line[15:]) for line in head.split("\r\n") if line.startswith("content-length:"))
    return int(head[9:12]), await reader.readexactly(length)


async def send(url: str, requests: list[bytes], *, connections: int = 8, status: int = 200) -> float:
    """Sends all requests over connections that stay open; answers with the seconds it took."""
    where, waiting = urlsplit(url), list(requests)

    async def work() -> None:
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        while waiting:
            writer.write(waiting.pop())
            found, body = await _answer(reader)
            assert found == status, body.decode()
        writer.close()
        await writer.wait_closed()

    started = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(connections)))
    return time.perf_counter() - started


def get(path: str) -> bytes:
    """A GET request of a program; of a page as browsers ask for it, which unpack what is packed."""
    packed = "" if path.startswith("/v1/") else "accept-encoding: gzip\r\n"
    return f"GET {path} HTTP/1.1\r\nhost: localhost\r\n{packed}\r\n".encode()


def post(path: str, body: bytes, key: str) -> bytes:
    """A POST request with a JSON body and an idempotency key."""
    head = f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nidempotency-key: {key}\r\n"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


def cpu_seconds(pid: int) -> float:
    """CPU that a process has used so far, in user and system mode (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
