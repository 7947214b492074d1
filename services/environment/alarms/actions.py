"""What can be done with alarms: one function per use case."""

from collections.abc import Collection, Sequence
from uuid import UUID

from services.environment.alarms import events, model, store
from services.environment.alarms.model import Alarm, End, Kind
from services.environment.things import actions as things
from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page


async def page(
    tx: Transaction, thing: str, rule: str, kind: Kind | None, lasting: int | None, size: int, token: str
) -> Page[Alarm]:
    """Alarms, those that are open first. Errors: THING_NOT_FOUND, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    of = (await things.known(tx, thing)).id if thing else None
    known = ids.parse(rule) if rule else None
    if rule and known is None:
        return Page([])
    return await store.page(tx, of, known, kind, lasting, size, token)


async def record(tx: Transaction, opened: Sequence[Alarm], cleared: Sequence[Alarm]) -> None:
    """Writes what has turned, and tells of it. What is opened may be over already."""
    if cleared:
        over = await store.clear(tx, cleared)
        for alarm in cleared:
            if alarm.id in over:
                _tell_cleared(tx, alarm)
    if not opened:
        return
    new = await store.add(tx, opened)
    for alarm in opened:
        if alarm.id in new:
            key = str(alarm.id)
            tx.emit(events.opened(alarm, tx.runtime.city), aggregate=key, version=1, correlation=key)
            if not alarm.open:
                _tell_cleared(tx, alarm)


async def end(tx: Transaction, rules: Collection[UUID], why: End) -> None:
    """Ends the open alarms of rules that are held to nothing any more."""
    found = await store.open_of(tx, rules)
    await record(tx, [], [model.cleared(one, tx.now, tx.now, why) for one in found])


def _tell_cleared(tx: Transaction, alarm: Alarm) -> None:
    key = str(alarm.id)
    tx.emit(events.cleared(alarm, tx.runtime.city), aggregate=key, version=2, correlation=key)
