"""What stories that are told step by step have in common."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from deploy.operate.visitor import StoryError

WITHIN_S = 30.0
_PAUSE_S = 0.3


@dataclass(frozen=True)
class Step:
    """One thing that happened: its name, who did it, and what came of it."""

    name: str
    who: str
    what: str
    data: dict[str, Any]

    def json(self) -> dict[str, Any]:
        """As a program reads it."""
        return {"step": self.name, "who": self.who, "what": self.what, "data": self.data}


async def until(
    what: str, ask: Callable[[], Awaitable[Any]], there: Callable[[Any], object], pause: float = _PAUSE_S
) -> Any:
    """Asks until the answer is there. Raises StoryError that says ``what`` did not happen."""
    try:
        async with asyncio.timeout(WITHIN_S):
            while not there(found := await ask()):  # noqa: ASYNC110 - asks another process, which sets no event here
                await asyncio.sleep(pause)
            return found
    except TimeoutError:
        raise StoryError(f"{what} within {WITHIN_S:.0f} s: see `smartcity status`") from None
