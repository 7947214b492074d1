"""What falls due by itself: the rows that counters are the sum of are folded, silent datastreams are counted, and the
highest level is found."""

from services.environment.overview import actions, store
from services.environment.overview.store import Heard
from services.kit.database.counters import Counters, fold
from services.kit.runtime import Runtime

COUNTERS = (
    Counters("completion", ("day", "area"), ("completed",)),
    Counters("backlog", ("span", "at"), ("live",)),
    Counters("tally", ("kind",), ("things",)),
)
AT_ONCE = 1_000
"""Datastreams that are counted in a statement."""


async def fold_counters(runtime: Runtime) -> None:
    """Folds what has come since the last time."""
    await fold(runtime, *COUNTERS)


async def count_silent(runtime: Runtime) -> None:
    """Counts the datastreams that are silent, a thousand a statement: it is time that makes them so, and no event."""
    datastreams = silent = unheard = 0
    after: int | None = 0
    async with runtime.transaction() as tx:
        while after is not None:
            heard = await store.listen(tx, after, AT_ONCE)
            datastreams, silent, after = datastreams + heard.datastreams, silent + heard.silent, heard.last
            unheard += heard.unheard
        await store.hear(tx, Heard(datastreams, silent, unheard))


async def find_highest(runtime: Runtime) -> None:
    """Looks which level stands highest."""
    async with runtime.transaction() as tx:
        await actions.find_highest(tx)
