"""Whose photo is decoded next: addresses take turns, and none of them holds every place."""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.answers.problems import Problem

WAITING_MOST = 48
"""Photos that may wait."""
WAITING_EACH = 16
"""Those of one address, which many people may share."""
WAITING_SECONDS = 15.0


class Turns:
    """Places for work, of which the last is kept free for another address wherever there are two or more."""

    def __init__(self, places: int) -> None:
        """``places``: how many may be at work."""
        self._free = places
        self._each = max(1, places - 1)
        self._working: Counter[str] = Counter()
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, address: str) -> AsyncIterator[None]:
        """Waits for a place and holds it. Raises PHOTOS_BUSY where that would take too long."""
        await self._wait(address)
        try:
            yield
        finally:
            self._end(address)

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(map(len, self._waiting.values()))

    async def _wait(self, address: str) -> None:
        own = self._waiting.get(address, ())
        if self._free and self._working[address] < self._each and not own:
            self._begin(address)
            return
        if len(own) >= WAITING_EACH or self.waiting >= WAITING_MOST:
            raise busy()
        mine = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(address, deque()).append(mine)
        try:
            async with asyncio.timeout(WAITING_SECONDS):
                await mine
        except BaseException as error:
            if mine.done() and not mine.cancelled():  # it was our turn just then
                self._end(address)
            else:
                self._forget(address, mine)
            if isinstance(error, TimeoutError):
                raise busy() from error
            raise

    def _begin(self, address: str) -> None:
        self._free -= 1
        self._working[address] += 1

    def _end(self, address: str) -> None:
        self._free += 1
        self._working[address] -= 1
        if not self._working[address]:
            del self._working[address]
        while self._free and (following := self._next()) is not None:
            mine = self._waiting[following].popleft()
            if self._waiting[following]:
                self._waiting.move_to_end(following)
            else:
                del self._waiting[following]
            if not mine.done():  # else it gives up at this very moment
                self._begin(following)
                mine.set_result(None)

    def _next(self) -> str | None:
        return next((each for each in self._waiting if self._working[each] < self._each), None)

    def _forget(self, address: str, mine: "asyncio.Future[None]") -> None:
        own = self._waiting.get(address)
        if own is None or mine not in own:  # its turn came when it had given up
            return
        own.remove(mine)
        if not own:
            del self._waiting[address]


def busy() -> Problem:
    """The refusal while there is too much to do."""
    detail = "Many photos arrive right now. Send this one again in a few seconds."
    return Problem(503, "PHOTOS_BUSY", detail, headers={"retry-after": "5"})
