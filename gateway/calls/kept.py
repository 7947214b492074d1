"""What is read from pillars once for all who ask, and used for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")

PATIENCE = 2.0
"""Seconds that one waits for what is newer, where there is something older."""


class Kept(Generic[T]):
    """A value that is read when it is asked for and older than ``seconds``; many who ask at once wait for one reading.

    The reading goes on when whoever asked has gone, so that a slow one ends some time. While it takes long, or fails,
    what was read before is used until it is ``longest`` seconds old.
    """

    def __init__(self, read: Callable[[], Awaitable[T]], seconds: float, longest: float) -> None:
        """``read`` raises where it cannot be read."""
        self._read, self.seconds, self.longest = read, seconds, longest
        self._value: T | None = None
        self._at = float("-inf")
        self._task: asyncio.Task[T] | None = None

    async def now(self) -> T:
        """The value. Raises what the reading raises where nothing is there that can be used."""
        age = asyncio.get_running_loop().time() - self._at
        if self._value is not None and age <= self.seconds:
            return self._value
        task = self._reading()
        if self._value is None or age > self.longest:
            return await asyncio.shield(task)
        await asyncio.wait([task], timeout=PATIENCE)
        return self._value

    def _reading(self) -> asyncio.Task[T]:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._renew())
            self._task.add_done_callback(looked_at)
        return self._task

    async def _renew(self) -> T:
        begun = asyncio.get_running_loop().time()
        self._value = found = await self._read()
        self._at = begun
        return found


def looked_at(task: asyncio.Task[Any]) -> None:
    """Whoever still waits hears of a fault; nobody else has to."""
    if not task.cancelled():
        task.exception()
