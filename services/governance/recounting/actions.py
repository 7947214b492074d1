"""Counts months again, each from its events and those that the outbox has and nobody counted. Each is a transaction of
its own, as what happens meanwhile waits until it is committed.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.governance.performance import actions as performance
from services.governance.performance import store as counted
from services.governance.performance.formulas import after, terms_of
from services.governance.performance.hearing import COUNTED, hear
from services.governance.performance.model import Heard
from services.governance.recounting import model, store
from services.governance.recounting.model import Request
from services.kit.database import Transaction

_LONGEST = timedelta(minutes=15)
"""No transaction takes so long. What it tells has the time of its begin, and a place behind what is told since."""
_TYPES = {message.DESCRIPTOR.full_name: message for message in COUNTED}


async def recount(tx: Transaction, asked: Request) -> None:
    """Does the next step of what was asked for, and says what came of it."""
    if asked.next is None:
        await _begin(tx, asked)
        return
    await performance.alone(tx)  # what is found is counted before anything else of its cases is
    missing = await _complete(tx, *performance.span(tx.runtime.city, asked.next))
    again = await performance.count_again(tx, asked.next)
    then = after(asked.next)
    await store.advance(tx, asked.id, again.events, missing, again.changed, then if then <= asked.last else None)


async def _begin(tx: Transaction, asked: Request) -> None:
    city = tx.runtime.city
    present = performance.this_month(city, tx.now)
    refused = model.refusal(asked.first, asked.last, present, terms_of(city).keep_months)
    if refused:
        await store.refuse(tx, asked.id, refused)
        return
    await store.begun(tx, asked.id, asked.first)


async def _complete(tx: Transaction, start: datetime, end: datetime) -> int:
    """Keeps the events of a time that the outbox still has and nobody counted; answers how many there were.

    What is still on its way is kept here first, and not counted twice when it arrives.
    """
    position, missing = await store.begin(tx, start), 0
    while position is not None and (rows := await store.recorded(tx, position)):
        heard = [found for row in rows if start <= row["recorded_at"] < end and (found := _heard(tx, row)) is not None]
        missing += len(await counted.keep(tx, heard))
        over = min(row["recorded_at"] for row in rows) >= end + _LONGEST
        position = None if over else rows[-1]["position"]
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
