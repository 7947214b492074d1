"""Visitors who look, as browsers do: each on a connection of their own that is kept."""

import asyncio
import random
import time
from dataclasses import dataclass

PATHS = ("/", "/v1/city", "/v1/indicators", "/v1/levies/tariffs", "/v1/receipts/seals", "/lapor")


@dataclass
class Visitor:
    """Somebody with a page open, on a connection of their own that browsers keep; looks again every so many seconds."""

    port: int
    number: int
    took: list[tuple[float, str]]
    failures: list[str]
    every: float = 60
    _streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def stay(self) -> None:
        """Until cancelled."""
        chance = random.Random(self.number)
        try:
            await asyncio.sleep(chance.random() * self.every)
            while True:
                await self._look(chance.choice(PATHS))
                await asyncio.sleep(self.every * (0.5 + chance.random()))
        finally:
            self._close()

    async def _look(self, path: str) -> None:
        for fresh in (self._streams is None, True):
            began = time.monotonic()
            try:
                if fresh:
                    await self._connect()
                status = await self._ask(path)
            except (OSError, asyncio.IncompleteReadError) as error:
                self._close()
                if not fresh:
                    continue  # it had been kept for too long: a browser opens the next one
                status = repr(error)
            self.took.append((time.monotonic() - began, path))
            if status != "200":
                self.failures.append(f"{path}: {status}")
            return

    def _close(self) -> None:
        if self._streams is not None:
            self._streams[1].transport.abort()
        self._streams = None

    async def _connect(self) -> None:
        address = f"127.{70 + self.number // 40_000}.{self.number // 200 % 200}.{self.number % 200 + 1}"
        self._streams = await asyncio.open_connection("127.0.0.1", self.port, local_addr=(address, 0))

    async def _ask(self, path: str) -> str:
        assert self._streams is not None
        reader, writer = self._streams
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        await reader.readexactly(int(lines["content-length"]))
        return head.split(" ", 2)[1]
