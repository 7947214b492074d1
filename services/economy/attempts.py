"""Work for the acquirer that fell due: done side by side, so that one that fails holds up no other."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any

import structlog

AT_ONCE = 16
"""Questions to the acquirer at a time."""
_log = structlog.get_logger()


async def attempt(work: Sequence[Awaitable[Any]]) -> None:
    """Does all of it at the same time; what fails is logged and tried again in a later round."""
    for outcome in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(outcome, Exception):
            _log.warning("what fell due cannot be handled now", error=repr(outcome), exc_info=outcome)
