"""What falls due by itself: imports that nobody says a word about are dropped."""

from services.kit.runtime import Runtime
from services.living.feed_imports import actions

_MOST = 100
"""Imports of one run; the next goes on."""


async def forget(runtime: Runtime) -> None:
    """Drops them, one in a transaction."""
    for _ in range(_MOST):
        async with runtime.transaction() as tx:
            if not await actions.forget(tx):
                return
