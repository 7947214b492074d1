"""What falls due by itself: each hour the index of each station, and those of hours whose readings came late."""

from services.environment.air import actions
from services.kit.runtime import Runtime

_MOST = 2_000
"""Transactions of one run; the next goes on."""


async def make_indices(runtime: Runtime) -> None:
    """Makes what is due, a station and two days of it a transaction."""
    for _ in range(_MOST):
        async with runtime.statement() as tx:
            waiting = await actions.due(tx)
        for station in waiting:
            async with runtime.transaction() as tx:
                await actions.make(tx, station)
        if not waiting:
            return


async def prune(runtime: Runtime) -> None:
    """Forgets what is past its age; retired stations that were passed over are looked at once more."""
    async with runtime.transaction() as tx:
        await actions.take_up(tx)
    for _ in range(_MOST):
        async with runtime.transaction() as tx:
            if not await actions.prune(tx):
                return
