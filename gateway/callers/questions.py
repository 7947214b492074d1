"""Questions to the identity provider that a visitor can cause: few at once, and few that wait."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.answers.problems import Problem

AT_ONCE = 8
WAITING = 32


class Questions:
    """Places for questions of one kind, so that those of strangers never stand before those of logins."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        """``at_once`` are asked, ``waiting`` more may wait."""
        self._room = asyncio.Semaphore(at_once)
        self._left = at_once + waiting

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Waits for a place and holds it. Raises IDENTITY_PROVIDER_BUSY when too many wait already."""
        if not self._left:
            detail = "Very many logins are being checked right now. Try again in a moment."
            raise Problem(503, "IDENTITY_PROVIDER_BUSY", detail, headers={"retry-after": "5"})
        self._left -= 1
        try:
            async with self._room:
                yield
        finally:
            self._left += 1
