"""What can be done with events: one function per use case."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import NamedTuple
from uuid import UUID

import msgspec

from services.branding.city_events import access, calling_off, events, model, recurrence, store
from services.branding.city_events.calling_off import Stays
from services.branding.city_events.model import CityEvent, Content, Kind, Occasion, OccasionState, State, Status
from services.branding.city_events.profile import EventRow, events_of
from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import DomainError, forbidden, invalid, not_found, precondition
from services.kit.rpc import etag as etags


class Shown(NamedTuple):
    """An event, its dates, and the next of them."""

    event: CityEvent
    occasions: Sequence[Occasion] = ()
    next: Occasion | None = None
    dropped: Sequence[Occasion] = ()
    """Of all its dates those that are called off once what waits is published; told to who may write it."""
    put_off: Mapping[Occasion, Stays | None] = {}
    """Of its dates that have begun and that tickets are sold of those that what waits puts to another time, and why the
    caller may not publish that; told to who may write it.
    """
    publishing: Stays | None = None
    """Why the caller, who may publish, cannot publish what waits."""
    stays: Mapping[UUID, Stays] = {}
    """Of what was published the dates that who may write it cannot call off, and why."""
    all_stays: Stays | None = None
    """Why they cannot call off all of it."""


async def get(tx: Transaction, name: str) -> Shown:
    """One by its id or code. Errors: EVENT_NOT_FOUND."""
    it = await store.find(tx, name)
    if it is None or not (it.public or access.writes(tx, it)):
        raise _unknown()
    return await _shown(tx, it)


async def known(tx: Transaction, name: str) -> CityEvent:
    """One that everybody may know of, by its id or code. Errors: EVENT_NOT_FOUND."""
    it = await store.find(tx, name)
    if it is None or not it.public:
        raise _unknown()
    return it


async def page(tx: Transaction, kind: Kind | None, size: int, token: str) -> Page[Shown]:
    """Published ones, the nearest first. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    return await _with_next(tx, await store.page(tx, kind, size, token))


async def records(tx: Transaction, state: State | None, size: int, token: str, *, waiting: bool) -> Page[Shown]:
    """Those in all states that are the caller's to see. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    reach = access.reach(tx)
    if reach is None:
        return Page([])
    found = await _with_next(tx, await store.records(tx, state, *reach, size, token, waiting=waiting))
    over = [one.event.id for one in found.rows if one.event.state is State.CANCELLED]
    last = await store.last_of(tx, over)
    dated = [one._replace(occasions=[last[one.event.id]]) if one.event.id in last else one for one in found.rows]
    return Page(dated, found.token)


async def calendar(
    tx: Transaction, since: str, size: int, token: str
) -> tuple[Page[Occasion], dict[UUID, CityEvent]]:  # fmt: skip
    """Dates from a day on, and the events that they are of. Errors: DAY_INVALID, PAGE_SIZE_INVALID, ..."""
    first = _day(since) if since else today_of(tx)
    moment = datetime.combine(first, time(), tx.runtime.city.timezone).astimezone(UTC)
    found = await store.calendar(tx, moment, size, token)
    return found, await store.by_ids(tx, {one.event_id for one in found.rows})


async def create(tx: Transaction, content: Content) -> Shown:
    """A draft. Errors: NOT_YOURS, EVENTS_FULL, AREA_UNKNOWN, OUTSIDE_THE_CITY and those of the model and recurrence."""
    officer = tx.caller.has("officer")
    if officer and not tx.caller.agency:
        raise forbidden("NOT_YOURS", "Your login names no agency; ask an administrator to add it.")
    if not officer:
        await tx.one_at_a_time(f"events of {tx.caller.subject}")  # so that each counts the others
        if await store.waiting_of(tx, tx.caller.subject) >= model.MOST_WAITING:
            raise precondition("EVENTS_FULL", "Many events of yours wait to be published already; wait for those.")
    content, id_ = _sound(tx, content), ids.uuid7()
    made = CityEvent(
        id=id_,
        version=1,
        code=model.code_of(content.name, id_),
        state=State.DRAFT,
        kind=content.kind,
        agency=access.agency_of(tx),
        by=tx.caller.subject,
        content="",
        written=model.text_of(content),
        written_by=tx.caller.subject,
        written_agency=access.agency_of(tx),
        status=Status.MEMORY,
        source="",
        created_at=tx.now,
        updated_at=tx.now,
        edited=True,
    )
    await store.save(tx, made)
    return Shown(made)


async def update(tx: Transaction, id_: str, etag: str, content: Content) -> Shown:
    """It is to say something else. Errors: as ``create``, EVENT_NOT_FOUND, NOT_YOURS, ETAG_REQUIRED, STALE_ETAG."""
    before = await _theirs(tx, id_, etag)
    done = model.rewritten(before, _sound(tx, content), tx.caller.subject, access.agency_of(tx), tx.now)
    await store.save(tx, done)
    return await _shown(tx, done)


async def publish(tx: Transaction, id_: str, etag: str) -> Shown:
    """What was written is said. Errors: EVENT_NOT_FOUND, EVENT_OFFICE_ONLY, ETAG_REQUIRED, STALE_ETAG, OCCASION_ON_SALE
    and those of the model.
    """
    if not access.publishes(tx):
        message = "Only officers of the office that answers for events publish (events.toml of the city's profile)."
        raise forbidden("EVENT_OFFICE_ONLY", message)
    before = await _theirs(tx, id_, etag)
    done = model.published(before, tx.caller.subject, tx.now)
    return await _told(tx, done, first=not before.public, asked=before)


async def cancel(tx: Transaction, id_: str, etag: str, reason: str) -> Shown:
    """It is called off. Errors: EVENT_NOT_FOUND, NOT_YOURS, ETAG_REQUIRED, STALE_ETAG, those of ``calling_off`` and of
    the model.
    """
    before = await _theirs(tx, id_, etag)
    if before.state is not State.CANCELLED:
        await calling_off.require_all(tx, before, await store.coming(tx, before.id))
    return await _ended(tx, before, reason)


async def _ended(tx: Transaction, before: CityEvent, reason: str) -> Shown:
    done = model.cancelled(before, reason, tx.now)
    coming = [one for one in await store.coming(tx, done.id) if one.state is OccasionState.PLANNED]
    over = [model.called_off(one) for one in coming]
    for one in over:
        await store.save_occasion(tx, one)
    await store.save(tx, done)
    if done.public:  # of a draft nobody knows
        tx.emit(events.cancelled(done, over), aggregate=str(done.id), version=done.version, correlation=str(done.id))
    return await _shown(tx, done)


async def cancel_occasion(tx: Transaction, id_: str, etag: str, reason: str) -> Shown:
    """One date is called off. Errors: OCCASION_NOT_FOUND, OCCASION_OVER, and as ``cancel``."""
    known = ids.parse(id_)
    one = await store.occasion(tx, known) if known else None
    if one is None:
        raise not_found("OCCASION_NOT_FOUND", "There is no such date; those of an event stand in it.", field="id")
    before = await _theirs(tx, str(one.event_id), etag)
    if one.is_over(tx.now):
        raise invalid("OCCASION_OVER", "This date is over, or was called off already.", field="id")
    await calling_off.require(tx, before, one)
    return await _without(tx, before, one, reason)


async def end_with_its_sale(tx: Transaction, id_: UUID, occasion: UUID, reason: str) -> None:
    """Calls off a date whose tickets are taken back, and an event that has no other date with it, where the caller may:
    who sells tickets of what is not theirs ends the sale alone, and the event goes on.
    """
    it, one = await store.find(tx, str(id_), lock=True), await store.occasion(tx, occasion)
    if it is None or one is None or it.state is State.CANCELLED or not access.writes(tx, it) or one.is_over(tx.now):
        return
    held = [each for each in await store.coming(tx, it.id) if each.state is OccasionState.PLANNED]
    # What waits may name other dates, and what custom brings back has others that nobody has told yet.
    goes_on = len(held) > 1 or it.written or it.said.custom
    await (_without(tx, it, one, reason) if goes_on else _ended(tx, it, reason))


async def _without(tx: Transaction, it: CityEvent, one: Occasion, reason: str) -> Shown:
    return await _told(tx, model.without(it, one.key, tx.now), first=False, why={one.key: reason})


async def enter_profile(tx: Transaction) -> None:
    """Enters the events of the city's profile that are new, and changes those whose rows say something else.

    What somebody has changed since stands; what is no longer in the profile stays as it is.
    """
    rows = events_of(tx.runtime.city)
    await tx.one_at_a_time("profile of events")
    there = await store.by_codes(tx, [row.code for row in rows])
    for row in rows:
        entered, before = _entered(tx, row), there.get(row.code)
        if before is None:
            await _told(tx, entered, first=True)
        elif not before.edited and _differs(before, entered):
            after = replace(
                before, version=before.version + 1, kind=entered.kind, content=entered.content, status=entered.status,
                source=entered.source, planned_until=entered.planned_until, updated_at=tx.now,
            )  # fmt: skip
            await _told(tx, after, first=False)


async def plan_further(tx: Transaction) -> int:
    """Plans dates of rules that have few left; answers with how many events they were of."""
    found = await store.short_of_dates(tx, today_of(tx) + model.RENEWED)
    for it in found:
        until = model.horizon(it.said, today_of(tx))
        await _told(tx, replace(it, version=it.version + 1, planned_until=until), first=False, only_new=True)
    return len(found)


async def go_on(tx: Transaction) -> int:
    """Lets events whose date is over know their next; answers with how many they were."""
    found = await store.past_their_date(tx)
    for it in found:
        await store.save(tx, model.nearest(it, await store.coming(tx, it.id), tx.now))
    return len(found)


def today_of(tx: Transaction) -> date:
    """The day of the city's calendar."""
    return tx.now.astimezone(tx.runtime.city.timezone).date()


async def _told(
    tx: Transaction, it: CityEvent, *, first: bool, only_new: bool = False, why: Mapping[str, str] | None = None,
    asked: CityEvent | None = None,
) -> Shown:  # fmt: skip
    """Saves what is published with its dates, and tells of it; if asked, only where its dates are others. ``why`` dates
    are called off, by what they are called. What waited, as it was ``asked`` to be published, calls off nothing that
    others sell and has begun.
    """
    last = it.planned_until or today_of(tx)
    planned = recurrence.planned(it.said.schedule, tx.runtime.city.timezone, tx.now, last)
    known = await store.known(tx, it.id, [one.key for one in planned])
    dates = model.reconciled(known, planned, tx.now, why)
    if asked:
        await calling_off.require_unmoved(tx, asked, known, dates.changed)
    added = [_occasion(it, one) for one in dates.added]
    after = {**known, **{one.key: one for one in (*dates.changed, *added)}}
    it = model.nearest(it, after.values(), tx.now)
    await store.save(tx, it)
    await store.add_occasions(tx, added)
    for one in dates.changed:
        await store.save_occasion(tx, one)
    if only_new and not (added or dates.changed):
        return await _shown(tx, it)
    coming = sorted((one for one in after.values() if one.ends_at > tx.now), key=lambda one: (one.starts_at, one.id))
    event = events.told(it, coming, tx.runtime.city, first=first)
    tx.emit(event, aggregate=str(it.id), version=it.version, correlation=str(it.id))
    return await _shown(tx, it)


def _occasion(it: CityEvent, one: recurrence.Planned) -> Occasion:
    return Occasion(
        id=ids.uuid7(),
        event_id=it.id,
        key=one.key,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        all_day=one.all_day,
        state=OccasionState.PLANNED,
        source=one.source,
        moved=one.moved,
    )


async def _shown(tx: Transaction, it: CityEvent) -> Shown:
    theirs = access.writes(tx, it)
    waits = bool(it.written) and theirs
    coming = await (store.coming(tx, it.id) if theirs else store.coming(tx, it.id, model.TOLD))
    following = next((one for one in coming if one.state is OccasionState.PLANNED), None)
    zone = tx.runtime.city.timezone
    dropped = model.dropped(coming, model.read(it.written), zone, tx.now) if waits else ()
    alive = theirs and it.state is not State.CANCELLED
    stays = await calling_off.stays(tx, it, coming) if alive else {}
    all_stays = calling_off.all_stays(tx, it, coming, stays) if alive else None
    put_off = await calling_off.put_off(tx, it) if waits else {}
    publishing = calling_off.publishing(tx, it, [stays[one.id] for one in dropped if one.id in stays], put_off)
    shown = [*coming[: model.TOLD], *await store.past(tx, it.id)]
    return Shown(it, shown, following, dropped, put_off, publishing, stays, all_stays)


async def _with_next(tx: Transaction, found: Page[CityEvent]) -> Page[Shown]:
    following = await store.next_of(tx, [it.id for it in found.rows])
    return Page([Shown(it, (), following.get(it.id)) for it in found.rows], found.token)


async def _theirs(tx: Transaction, id_: str, etag: str) -> CityEvent:
    it = await store.find(tx, id_, lock=True)
    if it is None or not (it.public or access.writes(tx, it)):
        raise _unknown()
    if not access.writes(tx, it):
        raise forbidden("NOT_YOURS", "Only who wrote the event, their agency or the office that publishes may do this.")
    etags.require(etag, it.version)
    return it


def _sound(tx: Transaction, content: Content) -> Content:
    """What may be written, with the kelurahan of its position. Errors: OUTSIDE_THE_CITY, AREA_UNKNOWN, the model's."""
    city = tx.runtime.city
    model.check(content)
    schedule = recurrence.checked(content.schedule, city.timezone, today_of(tx))
    areas = list(content.areas)
    for code in areas:
        if city.area(code) is None:
            raise invalid("AREA_UNKNOWN", "No area of the city has this code.", field="areas")
    if content.lon is not None and content.lat is not None:
        here = city.locate(content.lon, content.lat)
        if here is None:
            raise invalid("OUTSIDE_THE_CITY", "This point lies outside the city.", field="location")
        areas = [here.code, *areas]
    return msgspec.structs.replace(content, areas=tuple(dict.fromkeys(areas)), schedule=schedule)


def _entered(tx: Transaction, row: EventRow) -> CityEvent:
    here = tx.runtime.city.locate(row.lon, row.lat) if row.lon is not None and row.lat is not None else None
    areas = tuple(dict.fromkeys([*([here.code] if here else []), *row.areas]))
    content = Content(
        name=row.name, kind=row.kind, venue=row.venue, name_en=row.name_en, organiser=row.organiser, lon=row.lon,
        lat=row.lat, areas=areas, custom=row.custom, custom_en=row.custom_en, schedule=row.schedule,
        description=row.description, description_en=row.description_en,
    )  # fmt: skip
    return CityEvent(
        id=ids.uuid7(),
        version=1,
        code=row.code,
        state=State.PUBLISHED,
        kind=row.kind,
        agency="",
        by="",
        content=model.text_of(content),
        written="",
        written_by="",
        status=row.status,
        source=row.source,
        created_at=tx.now,
        updated_at=tx.now,
        published_at=tx.now,
        planned_until=model.horizon(content, today_of(tx)),
    )


def _differs(before: CityEvent, entered: CityEvent) -> bool:
    said = (before.content, before.kind, before.status, before.source)
    return said != (entered.content, entered.kind, entered.status, entered.source)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise invalid("DAY_INVALID", "There is no such day.", field="since") from None


def _unknown() -> DomainError:
    return not_found("EVENT_NOT_FOUND", "There is no such event for you; the list is at /v1/events.", field="id")
