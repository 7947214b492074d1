"""Who is answered next: one question is under way at a time, quick ones go before long ones, each in their order.

Whoever leaves while waiting costs nothing. What is under way stays so until it is answered, whoever left: else those
that ask and hang up would fill the process with questions that nobody waits for.
"""

import asyncio
from collections import deque
from collections.abc import Mapping


class BusyError(Exception):
    """More questions wait than can be answered soon."""


class Turns:
    """The turns of one process."""

    def __init__(self, most: Mapping[str, int]) -> None:
        """``most`` are how many questions of each kind may wait; the kinds that go first stand first."""
        self._most = most
        self._lanes: dict[str, deque[asyncio.Future[None]]] = {kind: deque() for kind in most}
        self._taken = False

    async def take(self, kind: str) -> None:
        """Waits for a turn, which ``over`` ends. Raises BusyError."""
        lane = self._lanes[kind]
        if not self._taken:
            self._taken = True
            return
        if len(lane) >= self._most[kind]:
            raise BusyError
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        lane.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn in lane:
                lane.remove(turn)
            elif not turn.cancelled():  # it had just come
                self.over()
            raise

    def over(self) -> None:
        """The question under way is answered: the next one's turn."""
        for lane in self._lanes.values():
            while lane:
                turn = lane.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return
        self._taken = False

    def end(self, error: Exception) -> None:
        """Nobody's turn comes any more."""
        for lane in self._lanes.values():
            while lane:
                turn = lane.popleft()
                if not turn.done():
                    turn.set_exception(error)
