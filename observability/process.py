"""How a process itself is: that it lives, how long its event loop keeps work waiting, how full its pool is."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Protocol

from observability import metrics, semconv

TICK_S = 0.5


class Pool(Protocol):
    """What is asked of a pool of database connections."""

    def get_size(self) -> int:
        """Connections there are."""

    def get_idle_size(self) -> int:
        """Connections nobody uses."""

    def get_max_size(self) -> int:
        """Connections there may be."""


class _Pulse:
    """Turns with the event loop, and is read from the exporter's thread even while the loop is blocked."""

    def __init__(self) -> None:
        self._beat = time.time()
        self._due = time.monotonic() + TICK_S
        self._worst = 0.0

    async def run(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self._worst = max(self._worst, time.monotonic() - self._due)
            self._beat, self._due = time.time(), time.monotonic() + TICK_S

    def heartbeat(self) -> Iterable[tuple[float, metrics.Attributes]]:
        return [(self._beat, {})]

    def lag(self) -> Iterable[tuple[float, metrics.Attributes]]:
        worst, self._worst = max(self._worst, time.monotonic() - self._due, 0.0), 0.0
        return [(worst, {})]


@asynccontextmanager
async def watching(pool: Pool, name: str) -> AsyncIterator[None]:
    """Reports on this process and its ``pool`` (called ``name``) until the block ends."""
    pulse = _Pulse()
    named = {semconv.DB_CLIENT_CONNECTION_POOL_NAME: name}

    def connections() -> Iterable[tuple[float, metrics.Attributes]]:
        idle, size = pool.get_idle_size(), pool.get_size()
        state = semconv.DB_CLIENT_CONNECTION_STATE
        return [(size - idle, {**named, state: "used"}), (idle, {**named, state: "idle"})]

    metrics.observe(*semconv.HEARTBEAT, pulse.heartbeat)
    metrics.observe(*semconv.EVENT_LOOP_LAG, pulse.lag)
    metrics.observe(*semconv.DB_CLIENT_CONNECTION_COUNT, connections)
    metrics.observe(*semconv.DB_CLIENT_CONNECTION_MAX, lambda: [(pool.get_max_size(), named)])
    task = asyncio.create_task(pulse.run(), name="pulse")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
