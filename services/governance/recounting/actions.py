"""Counts months again: first what the outbox has and was never counted, then each month from its events."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.governance.performance import actions as performance
from services.governance.performance import store as counted
from services.governance.performance.formulas import terms_of
from services.governance.performance.hearing import COUNTED, hear
from services.governance.performance.model import Heard
from services.governance.recounting import model, store
from services.governance.recounting.model import Request
from services.kit.database import Transaction

_TYPES = {message.DESCRIPTOR.full_name: message for message in COUNTED}


async def recount(tx: Transaction, asked: Request) -> None:
    """Does what was asked for, and says what came of it."""
    city = tx.runtime.city
    present = performance.this_month(city, tx.now)
    refused = model.refusal(asked.first, asked.last, present, terms_of(city).keep_months)
    if refused:
        await store.done(tx, asked.id, 0, 0, 0, refused)
        return
    missing = await _complete(tx, performance.span(city, asked.first)[0], performance.span(city, asked.last)[1])
    events = changed = 0
    for month in performance.months(asked.first, asked.last):
        again = await performance.count_again(tx, month)
        events += again.events
        changed += again.changed
    await store.done(tx, asked.id, events, missing, changed)


async def _complete(tx: Transaction, start: datetime, end: datetime) -> int:
    """Keeps the events of a time that the outbox still has and nobody counted; answers how many there were.

    What is still on its way is kept here first, and not counted twice when it arrives.
    """
    position, missing = await store.begin(tx, start), 0
    while position is not None and (rows := await store.recorded(tx, position)):
        heard = [found for row in rows if start <= row["recorded_at"] < end and (found := _heard(tx, row)) is not None]
        missing += len(await counted.keep(tx, heard))
        position = rows[-1]["position"] if rows[-1]["recorded_at"] < end else None
    return missing


def _heard(tx: Transaction, row: Any) -> Heard | None:
    type_ = _TYPES.get(row["type"])
    if type_ is None or row["exercise"]:
        return None
    return hear(
        type_.FromString(row["payload"]),
        id_=row["id"],
        complaint=UUID(row["aggregate"]),
        version=row["version"],
        at=row["recorded_at"],
        heard_at=tx.now,
    )
