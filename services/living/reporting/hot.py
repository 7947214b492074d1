"""Takes positions in, of many callers in one commit.

What a caller can cause is an answer here and never an exception, so that nobody's mistake costs the others. There is no
event of a position: where a vehicle is, is read.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from services.kit.city import City
from services.kit.database import Transaction
from services.kit.database.group_commit import GroupCommit
from services.kit.runtime import Runtime
from services.living.positions import model, store
from services.living.positions.model import IMPROBABLE, TAKEN, Known, Outcome, Reach, Reported
from services.living.resources import Positions


@asynccontextmanager
async def taking(runtime: Runtime) -> AsyncIterator[Positions]:
    """The process' group commit of positions, until the block ends; what waits then is committed."""
    group: Positions = GroupCommit(runtime, flush)
    group.start()
    try:
        yield group
    finally:
        await group.stop()


async def flush(tx: Transaction, items: Sequence[Reported]) -> list[Outcome]:
    """Writes what is new, and answers every item in order."""
    known = await store.known(tx, {one.vehicle for one in items})
    reach = reach_of(tx.runtime.city)
    taken: list[tuple[Reported, int]] = []
    outcomes = []
    for one in items:
        outcome = model.judged(one, known.get(one.vehicle), reach, tx.now)
        outcomes.append(outcome)
        if outcome in TAKEN:
            taken.append((one, IMPROBABLE if outcome is Outcome.IMPROBABLE else 0))
            known[one.vehicle] = Known(known[one.vehicle].agency, one.at, one.lat, one.lon)
    if taken:
        newest = {one.vehicle: one for one, _ in taken}
        await store.put(tx, [(one, flags, newest[one.vehicle] is one) for one, flags in taken])
    return outcomes


def reach_of(city: City) -> Reach:
    """Where vehicles of a city may be."""
    middle = city.areas[city.code]
    return Reach(middle.lat, middle.lon, model.REACH_M)
