"""SQL of events and their dates."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.branding.city_events.model import MOST_WAITING, CityEvent, Kind, Occasion, State
from services.branding.city_events.recurrence import LONGEST, MOST
from services.kit import ids
from services.kit.database import Transaction, paging, rows
from services.kit.database.table import Keyset, Page, Table

EVENTS = Table(CityEvent, "city_event", fixed=("code", "agency", "by", "created_at"))
OCCASIONS = Table(Occasion, "occasion", fixed=("event_id", "key"))
_NEAREST: Keyset[CityEvent] = Keyset({"next_sort": datetime, "id": UUID}, of=lambda it: (it.next_at, it.id))
_NEWEST: Keyset[CityEvent] = Keyset({"id": UUID}, of=lambda it: (it.id,), descending=True)
_IN_ORDER: Keyset[Occasion] = Keyset({"starts_at": datetime, "id": UUID}, of=lambda one: (one.starts_at, one.id))
PAST = 3
"""Dates that are over, of those that an answer holds."""
FED, BATCH = 500, 50
"""Events that the calendar holds, and that a timer takes at once."""
_TOLD_AHEAD = timedelta(days=500)
"""How far ahead a date may lie that is called off as the last of its event, and of which calendars hear."""
_COUNTED = 1_000
ERASED = 1_000
"""Events that are erased at once: of one author, or as they are old."""

_WAITING_OF = """
SELECT count(*)::integer FROM (
    SELECT FROM city_event WHERE by = $1 AND agency = '' AND waiting AND NOT public LIMIT $2) AS part
"""
_WAITING = "SELECT count(*)::integer FROM (SELECT FROM city_event WHERE waiting ORDER BY updated_at LIMIT $1) AS part"
_SOON = """
SELECT count(*)::integer FROM (
    SELECT FROM occasion WHERE starts_at >= $1 AND starts_at < $2 AND state = 'planned' LIMIT $3) AS part
"""
_OLDEST_WAITING = "SELECT updated_at FROM city_event WHERE waiting ORDER BY updated_at LIMIT 1"
_DROP_OLD = """
DELETE FROM city_event WHERE id IN (
    SELECT id FROM city_event WHERE cancelled_at < $1 AND published_at IS NULL ORDER BY cancelled_at LIMIT $2
       FOR UPDATE SKIP LOCKED)
"""
_CALENDAR = """starts_at > $1 AND ends_at > $2 {after} ORDER BY starts_at, id LIMIT $3"""


async def find(tx: Transaction, name: str, *, lock: bool = False) -> CityEvent | None:
    """An event by its id or its code."""
    known = ids.parse(name)
    if known:
        return await EVENTS.get(tx, known, lock=lock)
    return await EVENTS.first(tx, "code = $1", name, lock=lock)


async def by_ids(tx: Transaction, wanted: Collection[UUID]) -> dict[UUID, CityEvent]:
    """Events by their ids."""
    return {one.id: one for one in await EVENTS.every(tx, "id = ANY($1)", list(wanted))}


async def by_codes(tx: Transaction, codes: Collection[str]) -> dict[str, CityEvent]:
    """Events by their codes, locked."""
    tail = "code = ANY($1) ORDER BY id FOR NO KEY UPDATE"
    return {one.code: one for one in await EVENTS.every(tx, tail, list(codes))}


async def page(tx: Transaction, kind: Kind | None, size: int, token: str) -> Page[CityEvent]:
    """Published ones, those with the nearest date first."""
    return await EVENTS.page(tx, _NEAREST, size, token, state=State.PUBLISHED, kind=kind)


async def records(
    tx: Transaction, state: State | None, agency: str, by: str, size: int, token: str, *, waiting: bool
) -> Page[CityEvent]:
    """All of them, the newest first; an empty agency or subject means any. What waits is of whatever state.

    A subject's are those that they wrote for no agency.
    """
    wanted: dict[str, Any] = {"waiting": True} if waiting else {"state": state}
    return await EVENTS.page(tx, _NEWEST, size, token, agency=[""] if by else agency, by=by, **wanted)


async def by_author(tx: Transaction, subject: str, *, lock: bool) -> list[CityEvent]:
    """What somebody wrote first, for themselves or for an agency; locked against all if asked."""
    tail = f"by = $1 AND by <> '' ORDER BY id LIMIT $2{' FOR UPDATE' if lock else ''}"
    return await EVENTS.every(tx, tail, subject, ERASED)


async def drop(tx: Transaction, events: Collection[UUID]) -> None:
    """Erases events that were never published, which have no dates."""
    await tx.execute("DELETE FROM city_event WHERE id = ANY($1::uuid[]) AND NOT public", list(events))


async def drop_old(tx: Transaction, before: datetime) -> bool:
    """Erases those that were called off before and were never published. Whether there are more."""
    return rows(await tx.execute(_DROP_OLD, before, ERASED)) == ERASED


async def forget_author(tx: Transaction, events: Collection[UUID]) -> None:
    """Forgets who wrote events first."""
    await tx.execute("UPDATE city_event SET by = '' WHERE id = ANY($1::uuid[])", list(events))


async def waiting_of(tx: Transaction, subject: str) -> int:
    """How many drafts of an organiser wait, up to as many as may."""
    found: int = await tx.fetchval(_WAITING_OF, subject, MOST_WAITING)
    return found


async def waiting(tx: Transaction) -> int:
    """How many wait to be published, up to a thousand."""
    found: int = await tx.fetchval(_WAITING, _COUNTED)
    return found


async def waiting_since(tx: Transaction) -> datetime | None:
    """Since when the one waits that has waited longest."""
    found: datetime | None = await tx.fetchval(_OLDEST_WAITING)
    return found


async def soon(tx: Transaction, since: datetime, until: datetime) -> int:
    """How many dates that hold begin between two moments, up to a thousand."""
    found: int = await tx.fetchval(_SOON, since, until, _COUNTED)
    return found


async def save(tx: Transaction, it: CityEvent) -> None:
    """Writes an event, new or changed."""
    await EVENTS.save(tx, it)


async def short_of_dates(tx: Transaction, before: date) -> list[CityEvent]:
    """Events whose rule has dates planned up to a day before, locked."""
    tail = "planned_until < $1 ORDER BY planned_until LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED"
    return await EVENTS.every(tx, tail, before, BATCH)


async def past_their_date(tx: Transaction) -> list[CityEvent]:
    """Events whose next date is over, locked."""
    tail = "next_until <= $1 ORDER BY next_until LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED"
    return await EVENTS.every(tx, tail, tx.now, BATCH)


async def fed(tx: Transaction, since: datetime) -> list[CityEvent]:
    """What the calendar holds: events with a date to come, those whose last ones were since or are called off, and
    those that were called off since.
    """
    coming = "state = 'published' AND next_sort < 'infinity' ORDER BY next_sort, id LIMIT $1"
    # Both bounds, so that any plan takes them for the short stretches of their indexes that they are.
    past = """
    id = ANY(ARRAY(SELECT event_id FROM occasion WHERE starts_at > $1 AND starts_at < $2
                   UNION SELECT event_id FROM occasion
                          WHERE state = 'cancelled' AND starts_at >= $2 AND starts_at < $3))
    AND state = 'published' AND next_sort = 'infinity' ORDER BY id LIMIT $4
    """
    off = "cancelled_at > $1 AND published_at IS NOT NULL ORDER BY cancelled_at DESC LIMIT $2"
    until = tx.now + _TOLD_AHEAD
    return [
        *await EVENTS.every(tx, coming, FED),
        *await EVENTS.every(tx, past, since, tx.now, until, FED),
        *await EVENTS.every(tx, off, since, FED),
    ]


async def occasion(tx: Transaction, id_: UUID) -> Occasion | None:
    """A date."""
    return await OCCASIONS.get(tx, id_)


async def held(tx: Transaction, date: UUID) -> CityEvent | None:
    """The event of a date: until the end of the transaction its dates stay as they are, who changes them waits."""
    tail = "id = (SELECT event_id FROM occasion WHERE id = $1) FOR SHARE"
    return next(iter(await EVENTS.every(tx, tail, date)), None)


async def sellers(tx: Transaction, dates: Collection[UUID]) -> dict[UUID, str]:
    """Of dates that tickets are sold of, in a sale that was not called off, the agency that sells them."""
    sql = "SELECT occasion, agency FROM ticket_sale WHERE occasion = ANY($1::uuid[]) AND state <> 'cancelled'"
    return {row["occasion"]: row["agency"] for row in await tx.fetch(sql, list(dates))} if dates else {}


async def coming(tx: Transaction, event: UUID, most: int = 2 * MOST) -> list[Occasion]:
    """Dates of an event that are not over, those that were called off too."""
    tail = "event_id = $1 AND ends_at > $2 ORDER BY ends_at, id LIMIT $3"
    return await OCCASIONS.every(tx, tail, event, tx.now, most)


async def past(tx: Transaction, event: UUID) -> list[Occasion]:
    """The last dates of an event that are over."""
    return await OCCASIONS.every(
        tx, f"event_id = $1 AND ends_at <= $2 ORDER BY ends_at DESC LIMIT {PAST}", event, tx.now
    )


async def known(tx: Transaction, event: UUID, keys: Sequence[str]) -> dict[str, Occasion]:
    """Dates of an event by what its rule or list calls them: those named, and all that are not over."""
    named = await OCCASIONS.every(tx, "event_id = $1 AND key = ANY($2)", event, list(keys))
    return {one.key: one for one in [*await coming(tx, event), *named]}


async def of_events(tx: Transaction, events: Collection[UUID], since: datetime) -> dict[UUID, list[Occasion]]:
    """Dates of several events that were not over at a moment, in their order."""
    found: dict[UUID, list[Occasion]] = {}
    for one in await OCCASIONS.every(tx, "event_id = ANY($1) AND ends_at > $2", list(events), since):
        found.setdefault(one.event_id, []).append(one)
    return {event: sorted(rows, key=lambda one: (one.starts_at, one.id))[:MOST] for event, rows in found.items()}


async def next_of(tx: Transaction, events: Collection[UUID]) -> dict[UUID, Occasion]:
    """The next date of each of several events that has one."""
    sql = """id IN (SELECT one.id FROM unnest($1::uuid[]) AS event, LATERAL (
        SELECT id FROM occasion WHERE event_id = event AND ends_at > $2 AND state = 'planned'
         ORDER BY ends_at, id LIMIT 1) AS one)"""
    return {one.event_id: one for one in await OCCASIONS.every(tx, sql, list(events), tx.now)}


async def last_of(tx: Transaction, events: Collection[UUID]) -> dict[UUID, Occasion]:
    """The last date of each of several events that ever had one."""
    sql = """id IN (SELECT one.id FROM unnest($1::uuid[]) AS event, LATERAL (
        SELECT id FROM occasion WHERE event_id = event ORDER BY ends_at DESC, id DESC LIMIT 1) AS one)"""
    return {one.event_id: one for one in await OCCASIONS.every(tx, sql, list(events))} if events else {}


async def calendar(tx: Transaction, since: datetime, size: int, token: str) -> Page[Occasion]:
    """Dates that are not over at a moment, in their order: none lasts longer than ``LONGEST``."""
    most, wanted = paging.page_size(size), ("occasions", since)
    after = _IN_ORDER.after(token, wanted)
    first = since - LONGEST - timedelta(days=1)
    tail = _CALENDAR.format(after="AND (starts_at, id) > ($4, $5)" if after else "")
    rows = await OCCASIONS.every(tx, tail, first, since, most + 1, *(after or ()))
    return _IN_ORDER.cut(rows, most, wanted)


async def add_occasions(tx: Transaction, rows: Sequence[Occasion]) -> None:
    """Writes new dates."""
    await OCCASIONS.add_all(tx, rows)


async def save_occasion(tx: Transaction, one: Occasion) -> None:
    """Writes a date that has changed."""
    await OCCASIONS.save(tx, one)
