"""Takes counts in, of many callers in one commit. What a caller can cause is an answer here and never an exception."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from services.branding.destinations import store as destinations
from services.branding.resources import Counts
from services.branding.visits import model, store
from services.branding.visits.model import Counted, Outcome, Visit
from services.kit.database import Transaction
from services.kit.database.group_commit import GroupCommit
from services.kit.runtime import Runtime

TOGETHER, _MOST = 50, 16
"""Counts of one item, and items of one commit."""


@asynccontextmanager
async def counting(runtime: Runtime) -> AsyncIterator[Counts]:
    """The process' group commit of counts, until the block ends; what waits then is committed."""
    group: Counts = GroupCommit(runtime, flush, most=_MOST)
    group.start()
    try:
        yield group
    finally:
        await group.stop()


async def flush(tx: Transaction, items: Sequence[tuple[Counted, ...]]) -> list[list[Outcome]]:
    """Writes what is new, and answers every count in order."""
    known = await destinations.by_codes(tx, list({one.destination for item in items for one in item}))
    answers = [[model.judged(one, known, tx.now) for one in item] for item in items]
    zone, rows = tx.runtime.city.timezone, dict[object, Visit]()
    for item, outcomes in zip(items, answers, strict=True):
        for place, (one, outcome) in enumerate(zip(item, outcomes, strict=True)):
            if outcome is not Outcome.COUNTED:
                continue
            if one.id in rows:
                outcomes[place] = Outcome.REPEATED
                continue
            at = one.at or tx.now
            day = at.astimezone(zone).date()
            rows[one.id] = Visit(one.id, known[one.destination].id, day, one.origin, one.channel, one.visits, at)
    in_order = sorted(rows.values(), key=lambda one: one.id)  # two batches that share some take them in one order
    written = await store.add_all(tx, in_order)
    for item, outcomes in zip(items, answers, strict=True):
        for place, one in enumerate(item):
            if outcomes[place] is Outcome.COUNTED and one.id not in written:
                outcomes[place] = Outcome.REPEATED
    return answers
