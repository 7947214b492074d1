"""A feed that stays from one test to the next: to import it takes longer than most tests, which read it alone."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.living.apart import running
from services.living.resources import resources
from tests.fixtures.pillars import Served, Standing
from tests.living.feeds.depot import take_away

# A busy machine makes the planner late, and that says nothing about it; who looks at one that hangs sets it for itself.
running.PATIENCE_S = 30.0

Enter = Callable[[Served], Awaitable[object]]
"""Lets a feed hold, and waits until it is in memory."""
_STATE = """
SELECT c.feed, c.previous, (SELECT array_agg(number ORDER BY number) FROM living.feed),
       (SELECT count(*) FROM living.feed_swap)
  FROM living.feed_current c
"""


@dataclass
class Held:
    """A standing pillar, and which feed holds in its database. What a test changes in the feed's own tables stays."""

    stand: Standing
    _entered: Enter | None = field(default=None, init=False)
    _state: tuple[Any, ...] | None = field(default=None, init=False)
    """How it was once the feed held; a test that lets another one hold leaves it otherwise."""

    @asynccontextmanager
    async def fresh(self, now: datetime, enter: Enter | None = None) -> AsyncIterator[Served]:
        """The pillar as if just started, with the feed that ``enter`` lets hold; without, there is none."""
        stays = enter is not None and enter is self._entered and await self._now() == self._state
        if not stays:
            await take_away(self.stand.admin)
        async with self.stand.fresh(now, await self._tables() if stays else ()) as served:
            if stays:
                await resources(served.runtime).keeper.look()
            elif enter is not None:
                await enter(served)
                self._entered, self._state = enter, await self._now()
            yield served

    async def _now(self) -> tuple[Any, ...] | None:
        found = await self.stand.admin.fetchrow(_STATE)
        return tuple(found) if found else None

    async def _tables(self) -> list[str]:
        """Those of feeds, and what says which of them holds."""
        found = await self.stand.admin.fetch("SELECT living.feed_tables()::text AS name")
        return ["feed", "feed_current", "feed_finding", "feed_swap", *(row["name"] for row in found)]
