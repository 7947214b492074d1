"""What many ask alike, which is read once for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

import grpc
import grpc.aio

from gateway.calls.kept import looked_at

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class _Reading(Generic[T]):
    """One reading, and when it was begun."""

    task: asyncio.Task[T]
    began: float


class Alike(Generic[T]):
    """Readings that all use who ask the same within ``seconds`` of their beginning.

    A reading goes on when whoever asked first has gone. At most ``most`` are held, the newest.
    """

    def __init__(self, seconds: float, most: int) -> None:
        """Reads nothing yet."""
        self._seconds, self._most = seconds, most
        self._held: dict[Hashable, _Reading[T]] = {}

    async def now(self, asked: Hashable, read: Callable[[float], Awaitable[T]], within: float) -> T:
        """The value of what is asked for. ``read`` is given the seconds that it may take; raises what it raises.

        Who joined a reading that ran out of time before they do asks once more: each has ``within`` seconds.
        """
        clock = asyncio.get_running_loop().time
        deadline = clock() + within
        while True:
            found = self._held.get(asked)
            joined = found is not None and self._is_good(found, clock())
            if found is None or not joined:
                found = self._begin(asked, read, deadline - clock())
            try:
                return await asyncio.shield(found.task)
            except grpc.aio.AioRpcError as error:
                if not joined or error.code() is not grpc.StatusCode.DEADLINE_EXCEEDED or clock() >= deadline:
                    raise

    def _is_good(self, found: _Reading[T], now: float) -> bool:
        if now - found.began >= self._seconds:
            return False
        return not found.task.done() or (not found.task.cancelled() and found.task.exception() is None)

    def _begin(self, asked: Hashable, read: Callable[[float], Awaitable[T]], within: float) -> _Reading[T]:
        while len(self._held) >= self._most:
            del self._held[next(iter(self._held))]
        loop = asyncio.get_running_loop()
        made = _Reading(asyncio.ensure_future(read(within)), loop.time())
        made.task.add_done_callback(looked_at)
        self._held.pop(asked, None)  # the newest stands last
        self._held[asked] = made
        loop.call_later(self._seconds, self._forget, asked, made)
        return made

    def _forget(self, asked: Hashable, made: _Reading[T]) -> None:
        if self._held.get(asked) is made:
            del self._held[asked]
