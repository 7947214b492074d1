"""What is left of events when their author has their data erased: nothing of what nobody was shown, and of what
everybody was shown its words. And how drafts that were dropped go by themselves.
"""

from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from services.branding.city_events import model, store
from services.branding.city_events.model import CityEvent, State
from services.kit.database import Transaction

KEPT = timedelta(days=90)
"""How long a draft that was called off is kept: so long its author sees why."""


class Left(NamedTuple):
    """What there was of somebody's, how much of it is gone, and why the rest is kept."""

    held: int
    erased: int = 0
    reason: str = ""


async def look(tx: Transaction, subject: str, *, erase: bool) -> Left:
    """What somebody wrote. What was written for an agency is the agency's, and whose it was is known until it is
    published.
    """
    found = await store.by_author(tx, subject, lock=erase) if subject else []
    own = [it for it in found if not it.agency]
    reason = "published" if any(it.public for it in own) else "undecided" if any(map(_undecided, found)) else ""
    if not erase:
        return Left(len(found), 0, reason)
    never = [it for it in own if not it.public]
    await store.drop(tx, [it.id for it in never])
    for it in own:
        if it.public:
            await _stay(tx, it)
    agencys = [it.id for it in found if it.agency and not _undecided(it)]
    await store.forget_author(tx, agencys)
    return Left(len(found), len(never) + len(agencys), reason)


async def forget(tx: Transaction) -> bool:
    """Erases drafts that were called off long ago, and were never published. Whether there are more."""
    return await store.drop_old(tx, tx.now - KEPT)


async def _stay(tx: Transaction, it: CityEvent) -> None:
    """What they wrote since, and nobody has published, ends as a draft does. They are known while there is something to
    call off: nobody else of theirs may do it.
    """
    if it.written and it.written_by == it.by:
        it = replace(it, version=it.version + 1, updated_at=tx.now, written="", written_by="", written_agency="")
        await store.save(tx, it)
    if over(it, tx.runtime.city.timezone, tx.now):
        await store.forget_author(tx, [it.id])


def over(it: CityEvent, zone: tzinfo, now: datetime) -> bool:
    """Whether a published event was called off, or has no date to come."""
    return it.state is State.CANCELLED or (it.next_at is None and not model.awaited(it, zone, now))


def _undecided(it: CityEvent) -> bool:
    return bool(it.agency and it.written)
