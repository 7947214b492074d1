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
from services.living.positions.model import FLAGS, LATE, Known, Outcome, Reach, Reported
from services.living.resources import Positions

TOGETHER = 50
"""Positions of one item at most: what a report brings is committed in parts, so that none holds the loop for long."""
_MOST = 16
"""Items of one commit."""


@asynccontextmanager
async def taking(runtime: Runtime) -> AsyncIterator[Positions]:
    """The process' group commit of positions, until the block ends; what waits then is committed."""
    group: Positions = GroupCommit(runtime, flush, most=_MOST)
    group.start()
    try:
        yield group
    finally:
        await group.stop()


async def flush(tx: Transaction, items: Sequence[tuple[Reported, ...]]) -> list[list[Outcome]]:
    """Writes what is new, and answers every position in order."""
    known = await store.known(tx, {one.vehicle for item in items for one in item})
    reach = reach_of(tx.runtime.city)
    taken: list[tuple[Reported, int]] = []
    answers = [[_judge(one, known, reach, tx, taken) for one in item] for item in items]
    if taken:
        newest = {one.vehicle: one for one, flags in taken if flags != LATE}
        await store.put(tx, [(one, flags, newest.get(one.vehicle) is one) for one, flags in taken])
    return answers


def _judge(
    one: Reported, known: dict[str, Known], reach: Reach, tx: Transaction, taken: list[tuple[Reported, int]]
) -> Outcome:
    """What becomes of a position; one that is taken is where the vehicle is for those that follow.

    One that came after a newer one is kept in its track. The newest itself that comes again is written nowhere.
    """
    vehicle = known.get(one.vehicle)
    outcome = model.judged(one, vehicle, reach, tx.now)
    if vehicle is not None and outcome in FLAGS and one.at != vehicle.at:
        taken.append((one, FLAGS[outcome]))
        if outcome is not Outcome.OLDER:
            known[one.vehicle] = Known(vehicle.agency, one.at, one.lat, one.lon)
    return outcome


def reach_of(city: City) -> Reach:
    """Where vehicles of a city may be."""
    middle = city.areas[city.code]
    return Reach(middle.lat, middle.lon, model.REACH_M)
