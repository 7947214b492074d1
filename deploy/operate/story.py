"""What stories that are told step by step have in common."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local.runfile import alone
from deploy.operate.visitor import MissingError, StoryError

WITHIN_S = 30.0
_PAUSE_S = 0.3
LOOK_S = 0.05
"""Between two looks at what is measured: it is what the times told may be too long by."""


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


@contextmanager
def told_alone(home: Path, name: str) -> Iterator[None]:
    """Tells a story that changes what it shows, such as a rule, once at a time.

    Raises StoryError while another is told.
    """
    with ExitStack() as held:
        try:
            held.enter_context(alone(home / f"story-{name}.lock"))
        except BlockingIOError:
            raise StoryError(f"the story {name} is told already: wait until it is over") from None
        yield


async def until(
    what: str, ask: Callable[[], Awaitable[Any]], there: Callable[[Any], object], pause: float = _PAUSE_S,
    times: float = 1,
) -> Any:  # fmt: skip
    """Asks until the answer is there, for so many ``times`` as long as else where work has to be done for it. What
    nobody knows may yet be heard of.

    Raises StoryError that says ``what`` did not happen.
    """
    within = WITHIN_S * times
    try:
        async with asyncio.timeout(within):
            while True:
                with suppress(MissingError):
                    if there(found := await ask()):
                        return found
                await asyncio.sleep(pause)
    except TimeoutError:
        raise StoryError(f"{what} within {within:.0f} s: see `smartcity status`") from None


def since(began: float) -> float:
    """Seconds since a moment of the event loop's clock."""
    return asyncio.get_running_loop().time() - began
