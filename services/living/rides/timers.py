"""What falls due by itself: counters are folded; cards that nothing denies any more are free; rides that nobody pays
are given up; who took rides that are settled, whose blocked cards were, and concessions that are over are forgotten.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from services.kit.database import Transaction
from services.kit.database.counters import Counters, fold
from services.kit.runtime import Runtime
from services.living.cards import store as cards
from services.living.concessions import store as concessions
from services.living.fares.terms import terms_of
from services.living.rides import actions, store

COUNTERS = (Counters("ride_tally", ("day", "route"), ("rides", "fares", "paid", "refused", "refunded", "written_off")),)


async def fold_counters(runtime: Runtime) -> None:
    """Folds what has come since the last time."""
    await fold(runtime, *COUNTERS)


async def free(runtime: Runtime) -> None:
    """Lets cards be used again that stayed denied although nothing is owed."""
    more = terms_of(runtime.city) is not None
    while more:
        async with runtime.transaction() as tx:
            more = await actions.free(tx)


async def forget(runtime: Runtime) -> None:
    """Gives up and takes away what the city's terms keep no longer."""
    known = terms_of(runtime.city)
    if known is None:
        return
    keep, late = timedelta(days=known.settings.keep_days), known.late
    steps: tuple[tuple[Callable[[Transaction, datetime], Awaitable[bool]], timedelta], ...] = (
        (_give_up, timedelta(days=known.settings.owed_days)),
        (store.forget, max(keep, late)),
        (cards.forget, max(keep, late)),
        (cards.forget_spells, late),
        (concessions.forget, max(keep, late)),
    )
    for step, after in steps:
        more = True
        while more:
            async with runtime.transaction() as tx:
                more = await step(tx, tx.now - after)


async def _give_up(tx: Transaction, before: datetime) -> bool:
    found = await store.given_up(tx, before)
    if found:
        await actions.give_up(tx, found)
    return len(found) == store.SETTLED_AT_ONCE
