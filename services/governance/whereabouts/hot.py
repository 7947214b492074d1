"""Takes positions of units in, of many phones in one commit. There is no event of a position: it is read."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from services.governance.units import store
from services.governance.units.model import AHEAD, PAST, Answer, Crew, Told
from services.kit.database import Transaction
from services.kit.database.group_commit import GroupCommit
from services.kit.errors import forbidden, invalid
from services.kit.runtime import Runtime


@asynccontextmanager
async def taking(runtime: Runtime) -> AsyncIterator[GroupCommit[Told, Answer]]:
    """The process' group commit of positions, until the block ends; what waits then is committed."""
    group: GroupCommit[Told, Answer] = GroupCommit(runtime, flush, flushers=1)
    group.start()
    try:
        yield group
    finally:
        await group.stop()


async def flush(tx: Transaction, items: Sequence[Told]) -> list[Answer]:
    """Writes what is new; of a unit the newest alone. What a caller can cause is an answer, never an exception."""
    crews = await store.crews(tx, {one.unit for one in items})
    answers: list[Answer] = [_judged(one, crews, tx.now) for one in items]
    newest: dict[str, Told] = {}
    for one, answer in zip(items, answers, strict=True):
        if answer is True and (one.unit not in newest or newest[one.unit].at < one.at):
            newest[one.unit] = one
    stored = await store.put(tx, [(one.unit, one.at, one.lon, one.lat) for one in newest.values()]) if newest else set()
    return [
        answer if answer is not True else newest[one.unit] is one and one.unit in stored
        for one, answer in zip(items, answers, strict=True)
    ]


def _judged(one: Told, crews: dict[str, Crew], now: datetime) -> Answer:
    if crews.get(one.unit) != one.crew:
        return forbidden("NOT_YOURS", "Sign on to the unit first: its crew's phone says where it is.")
    if not now - PAST <= one.at <= now + AHEAD:
        return invalid("TIME_INVALID", "A position is of the last ten minutes, by the phone's clock.", field="time")
    return True
