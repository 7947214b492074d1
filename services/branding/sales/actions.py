"""What can be done with sales: open them, add types, change how many there are, stop them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from services.branding.city_events import actions as city_events
from services.branding.city_events import store as dates
from services.branding.city_events.model import CityEvent, Occasion, OccasionState
from services.branding.city_events.model import State as EventState
from services.branding.destinations import actions as places
from services.branding.destinations import store as destinations
from services.branding.destinations.model import Destination
from services.branding.resources import signer_of
from services.branding.sales import events, model, store
from services.branding.sales.model import Sale, Seats, TicketType
from services.branding.terms import access
from services.branding.terms.profile import required, terms_of
from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import DomainError, conflict, forbidden, invalid, not_found, precondition
from services.kit.impersonal import require_impersonal
from services.kit.rpc import etag as etags


@dataclass(frozen=True)
class Offer:
    """A sale with its types and their seats on the day that is shown."""

    sale: Sale
    types: Sequence[TicketType]
    seats: dict[UUID, Seats]
    """By type; those that nobody has wanted yet are not there."""
    day: date
    gates_from: datetime | None = None
    """When people are awaited at gates with what is bought now; None where there are none."""
    refused: str = ""
    """Why nothing is sold for the day, by its reason."""

    def left(self, one: TicketType) -> int:
        """How many of a type can be had."""
        known = self.seats.get(one.id)
        return known.left if known else one.quota


@dataclass(frozen=True)
class Wanted:
    """What a sale is to be for."""

    occasion: str
    destination: str
    title_id: str
    title_en: str
    venue: str
    opens_at: datetime | None
    waiting_room: bool


async def create(tx: Transaction, wanted: Wanted) -> Offer:
    """Opens a sale of the caller's agency. Errors: TICKETS_OFF, AGENCY_WITHOUT_COUNTER, SALE_FOR_ONE_THING,
    DESTINATION_NOT_FOUND, WORDS_PERSONAL, SALE_EXISTS, SALE_TIMES_INVALID and those of ``_occasion``.
    """
    signer_of(tx.runtime)
    agency = tx.agency
    if not agency or agency not in required(tx.runtime.city).agencies:
        message = "This agency sells no tickets here: it needs a counter, and a line in the city's tickets.toml."
        raise forbidden("AGENCY_WITHOUT_COUNTER", message)
    if bool(wanted.occasion) == bool(wanted.destination):
        message = "A sale is for one date of an event, or for one destination."
        raise invalid("SALE_FOR_ONE_THING", message, field="occasion")
    require_impersonal(wanted.title_id, "title_id")
    require_impersonal(wanted.title_en, "title_en")
    sale = await _made(tx, wanted, agency)
    model.require_begin(sale.opens_at, sale.ends_at)
    if sale.occasion:
        await tx.one_at_a_time(f"sale of {sale.occasion}")
        if await store.of_occasion(tx, sale.occasion) is not None:
            message = "Tickets of this date are on sale already; add a type there."
            raise conflict("SALE_EXISTS", message, field="occasion")
    else:
        await _one_of_a_place(tx, sale.destination)
    await store.save(tx, sale)
    events.opened(tx, sale)
    return (await offers(tx, [sale]))[0]


async def _one_of_a_place(tx: Transaction, destination: str, but: UUID | None = None) -> None:
    """A place has as many seats as one sale says, not twice as many."""
    await tx.one_at_a_time(f"sale of {destination}")
    other = await store.of_destination(tx, destination, tx.now.astimezone(tx.runtime.city.timezone).date(), but)
    if other is None:
        return
    whose: dict[str, str] = {}
    if other.agency != tx.agency and (agency := tx.runtime.city.agencies.get(other.agency)):
        whose = {"named": agency.short}
    message = (
        f"{whose.get('named', 'Your agency')} sells tickets of this place already, or has sold some of a day to come."
        " Add a type there. It can be sold anew once that sale is called off, or is stopped and those days are over."
    )
    raise conflict("SALE_EXISTS", message, field="destination", **whose)


async def _made(tx: Transaction, wanted: Wanted, agency: str) -> Sale:
    found = await _occasion(tx, wanted.occasion, agency) if wanted.occasion else None
    starts_at = ends_at = None
    if found is None:
        place = (await places.known(tx, wanted.destination)).name
        words = {"title_id": place, "title_en": place, "venue": ""}
    else:
        one, event = found
        starts_at, ends_at = one.starts_at, one.ends_at
        words = _words_of(event)
    given = {"title_id": wanted.title_id, "title_en": wanted.title_en, "venue": wanted.venue}
    said = {name: text or words[name] for name, text in given.items()}
    zone = tx.runtime.city.timezone
    return Sale(
        id=ids.uuid7(),
        version=1,
        state=model.State.OPEN,
        agency=agency,
        occasion=found[0].id if found else None,
        event=found[1].id if found else None,
        event_code=found[1].code if found else "",
        destination=wanted.destination,
        title_id=said["title_id"],
        title_en=said["title_en"],
        venue=said["venue"],
        starts_at=starts_at,
        ends_at=ends_at,
        day=starts_at.astimezone(zone).date() if starts_at else None,
        moved_at=None,
        opens_at=wanted.opens_at or tx.now,
        waiting_room=wanted.waiting_room,
        note="",
        opened_by=tx.caller.subject,
        created_at=tx.now,
        updated_at=tx.now,
        own_words=tuple(name for name, text in said.items() if text != words[name]),
    )


def _words_of(event: CityEvent) -> dict[str, str]:
    """What an event says of its dates, by the fields of a sale."""
    said = event.said
    return {"title_id": said.name, "title_en": said.name_en or said.name, "venue": said.venue}


async def _occasion(tx: Transaction, name: str, agency: str) -> tuple[Occasion, CityEvent]:
    """A date that tickets can be sold for, and its event. Errors: OCCASION_UNKNOWN, SALE_OVER, NOT_YOURS."""
    parsed = ids.parse(name)
    # The event first: a sale that nobody can see yet does not follow a date that is called off or moved meanwhile.
    event = await dates.held(tx, parsed) if parsed else None
    one = await dates.occasion(tx, parsed) if parsed else None
    if one is None or event is None or not event.public or one.state is not OccasionState.PLANNED:
        message = "There is no such date of a published event, or it was called off."
        raise not_found("OCCASION_UNKNOWN", message, field="occasion")
    if one.ends_at <= tx.now:
        raise precondition("SALE_OVER", "This date is over; there are no more tickets for it.")
    if event.agency not in ("", agency):
        raise forbidden("NOT_YOURS", "This event is another agency's, which sells its tickets itself.")
    return one, event


async def get(tx: Transaction, name: str, day: date | None = None) -> Offer:
    """A sale as everybody may see it. Errors: SALE_NOT_FOUND."""
    sale = await known(tx, name)
    (offer,) = await offers(tx, [sale], day)
    place = (await places_of(tx, [sale])).get(sale.destination)
    found = model.sold_on(sale, offer.day, place, tx.now, tx.runtime.city.calendar)
    if terms_of(tx.runtime.city) is None:
        return replace(offer, refused="TICKETS_OFF")
    return replace(offer, refused=found.reason if isinstance(found, DomainError) else "")


async def page(
    tx: Transaction, occasion: str, event: str, destination: str, size: int, token: str, *, for_sale: bool = False
) -> tuple[list[Offer], str]:
    """One page of sales, the newest first; or of what can be bought, by when it is over. Errors: PAGE_SIZE_INVALID,
    PAGE_TOKEN_INVALID.
    """
    named = {"occasion": occasion, "event": event}
    wanted = {name: ids.parse(text) for name, text in named.items() if text}
    if None in wanted.values() or (for_sale and terms_of(tx.runtime.city) is None):
        return [], ""
    listed = store.for_sale if for_sale else store.page
    found: Page[Sale] = await listed(tx, size, token, destination=destination, **wanted)
    return await offers(tx, found.rows), found.token


async def offers(tx: Transaction, sales: Sequence[Sale], day: date | None = None) -> list[Offer]:
    """Sales with their types and what is left of them on their day; of destinations on ``day``, or today."""
    if not sales:
        return []
    zone = tx.runtime.city.timezone
    types = await store.types_of(tx, [one.id for one in sales])
    shown = day or tx.now.astimezone(zone).date()
    days = {one.id: one.day or shown for one in sales}
    named = {model.seats_id(each.id, days[sale]): each.id for sale, of in types.items() for each in of}
    seats = {named[id_]: one for id_, one in (await store.seats(tx, named)).items()}
    gated = await store.with_gates(tx, days)
    return [
        Offer(
            one,
            types[one.id],
            {each.id: seats[each.id] for each in types[one.id] if each.id in seats},
            days[one.id],
            gates_from(tx, one, days[one.id]) if one.id in gated else None,
        )
        for one in sales
    ]


def gates_from(tx: Transaction, sale: Sale, day: date, *, moved: bool = False) -> datetime:
    """When people are awaited at the gates of a sale with tickets of a day: of one that was put off to another time
    after it was ordered (``moved``) not before it begins.
    """
    terms = terms_of(tx.runtime.city)
    early = timedelta(hours=0 if moved or terms is None else terms.early_hours)
    return sale.gates_from(day, tx.runtime.city.timezone, early)


async def add_type(tx: Transaction, sale: str, made: TicketType) -> Offer:
    """Adds a type to a sale of the caller's agency. Errors: SALE_NOT_FOUND, NOT_YOURS, SALE_CANCELLED,
    TOO_MANY_TICKET_TYPES.
    """
    found = await _own(tx, sale, lock=True)
    model.require_alive(found)
    if len((await store.types_of(tx, [found.id]))[found.id]) >= model.MOST_TYPES:
        raise precondition("TOO_MANY_TICKET_TYPES", f"A sale has at most {model.MOST_TYPES} types.")
    made = replace(made, sale=found.id)
    await store.save_type(tx, made)
    if found.day is not None:
        await store.make_seats(tx, [model.seats_of(made, found.day)])
    return await get(tx, str(found.id))


async def change_type(
    tx: Transaction, id_: str, etag: str, quota: int | None, gates: Sequence[str] | None, *, open_: bool
) -> Offer:
    """How many there are (None: as it is), whether they are on sale, and what gates let them in (likewise); of a
    destination from today on. Errors: TICKET_TYPE_UNKNOWN, NOT_YOURS, ETAG_REQUIRED, STALE_ETAG, SALE_CANCELLED,
    GATE_UNKNOWN, QUOTA_BELOW_SOLD.
    """
    parsed = ids.parse(id_)
    before = await store.get_type(tx, parsed, lock=True) if parsed else None
    if before is None:
        raise type_unknown()
    sale = await _own(tx, str(before.sale))
    model.require_alive(sale)
    etags.require(etag, before.version)
    let_in = before.gates if gates is None else before.let_in_at(gates, await store.gates_of(tx, sale.id))
    many = before.quota if quota is None else quota
    done = replace(before, quota=many, open=open_, gates=let_in, version=before.version + 1, updated_at=tx.now)
    await store.save_type(tx, done)
    if quota is not None:
        since = sale.day or tx.now.astimezone(tx.runtime.city.timezone).date()
        locked = await store.lock_seats(tx, await store.other_days(tx, done.id, since, quota))
        await tx.together(store.written([one.resize(done.quota) for one in locked.values()]))
    return await get(tx, str(sale.id))


async def stop(
    tx: Transaction, id_: str, etag: str, note: str, *, open_: bool, opens_at: datetime | None = None
) -> Offer:
    """Stops a sale or lets it go on, from ``opens_at`` on where it is given. Errors: SALE_NOT_FOUND, NOT_YOURS,
    ETAG_REQUIRED, STALE_ETAG, SALE_CANCELLED, SALE_EXISTS, SALE_TIMES_INVALID.
    """
    if opens_at is not None:  # its waiting room first, as who has a turn there locks them
        await store.let_in_from(tx, (await _own(tx, id_)).id, opens_at)
    before = await _own(tx, id_, lock=True)
    etags.require(etag, before.version)
    if open_ and before.state is not model.State.OPEN and before.destination:
        await _one_of_a_place(tx, before.destination, but=before.id)
    await store.save(tx, model.stop(before, open_=open_, opens_at=opens_at, note=note, now=tx.now))
    return await get(tx, id_)


async def cancel(tx: Transaction, id_: str, etag: str, note: str) -> Offer:
    """Calls off what is sold, and its date with it where that is the caller's. Errors: SALE_NOT_FOUND, NOT_YOURS,
    ETAG_REQUIRED, STALE_ETAG, SALE_CANCELLED, SALE_OVER.
    """
    before = await _own(tx, id_, lock=True)
    etags.require(etag, before.version)
    model.require_to_come(before, tx.now)
    await call_off(tx, before, note)
    if before.event is not None and before.occasion is not None:
        await city_events.end_with_its_sale(tx, before.event, before.occasion, note)
    return await get(tx, id_)


async def call_off(tx: Transaction, sale: Sale, note: str) -> None:
    """It is called off: nothing is sold any more, and the timer takes back what was. Errors: SALE_CANCELLED."""
    await _keep(tx, model.cancel(sale, note, tx.now))


async def _keep(tx: Transaction, sale: Sale) -> None:
    await store.save(tx, sale)
    if sale.state is model.State.CANCELLED:
        await store.begin_taking_back(tx, sale.id)


async def follow(tx: Transaction, event: UUID) -> None:
    """An event or its dates have changed: its sales go along."""
    for sale in await store.of_event(tx, event):
        now = await as_its_date(tx, sale)
        if now is not sale:
            await _keep(tx, now)


async def as_its_date(tx: Transaction, sale: Sale) -> Sale:
    """A sale as its date is now, which it follows a moment later: called off with it, moved with it, and until it is
    over in the words of its event where nobody gave it others.
    """
    if sale.state is model.State.CANCELLED or sale.occasion is None or sale.event is None:
        return sale
    one, event = await dates.occasion(tx, sale.occasion), (await dates.by_ids(tx, [sale.event])).get(sale.event)
    if one is None or event is None or one.state is OccasionState.CANCELLED:
        ended = event.reason if event is not None and event.state is EventState.CANCELLED else ""
        return model.cancel(sale, one.reason if one is not None and one.reason else ended, tx.now)
    if (one.starts_at, one.ends_at) != (sale.starts_at, sale.ends_at):
        sale = model.move(sale, one.starts_at, one.ends_at, tx.now)
    return sale if one.ends_at <= tx.now else model.say(sale, _words_of(event), tx.now)


async def places_of(tx: Transaction, sold: Iterable[Sale]) -> dict[str, Destination]:
    """The places whose days are sold, by their codes."""
    codes = {one.destination for one in sold if one.destination}
    return await destinations.by_codes(tx, codes) if codes else {}


async def known(tx: Transaction, name: str, *, lock: bool = False) -> Sale:
    """A sale by its id. Errors: SALE_NOT_FOUND."""
    parsed = ids.parse(name)
    found = await store.get(tx, parsed, lock=lock) if parsed else None
    if found is None:
        raise sale_unknown()
    return found


async def _own(tx: Transaction, name: str, *, lock: bool = False) -> Sale:
    found = await known(tx, name, lock=lock)
    access.require_seller(tx, found.agency)
    return found


def sale_unknown() -> DomainError:
    """There is no such sale."""
    return not_found("SALE_NOT_FOUND", "There is no such sale of tickets.", field="sale")


def type_unknown() -> DomainError:
    """There is no such type in this sale."""
    return not_found("TICKET_TYPE_UNKNOWN", "There is no such type of tickets in this sale.", field="type")
