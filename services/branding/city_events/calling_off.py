"""What of a published event its organiser cannot call off, and what its officers cannot: its organiser nothing that has
begun, and nothing that tickets are sold of; the office that publishes nothing that has begun and that another agency
sells tickets of, whose officers alone decide what goes back of that: they call it off, or write what the office
publishes.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from services.branding.city_events import access, model, recurrence, store
from services.branding.city_events.model import CityEvent, Occasion, OccasionState
from services.branding.city_events.profile import terms_of
from services.kit.database import Transaction
from services.kit.errors import DomainError, precondition

BEGUN, ON_SALE, OVER = "OCCASION_BEGUN", "OCCASION_ON_SALE", "EVENT_OVER"


class Stays(NamedTuple):
    """Why something cannot be called off by the caller, and the agency whose officers may do something about it."""

    reason: str
    agency: str = ""


async def stays(tx: Transaction, it: CityEvent, dates: Iterable[Occasion]) -> dict[UUID, Stays]:
    """Of dates that hold and are not over those that who may write the event cannot call off."""
    held = [one for one in dates if not one.is_over(tx.now)]
    sellers = await store.sellers(tx, [one.id for one in held])
    found = {one.id: _why(tx, it, one, sellers.get(one.id, "")) for one in held}
    return {id_: why for id_, why in found.items() if why is not None}


def all_stays(tx: Transaction, it: CityEvent, coming: Sequence[Occasion], why: Mapping[UUID, Stays]) -> Stays | None:
    """Why the whole event cannot be called off, by why ``coming`` dates of it cannot; None where it can."""
    first = next((why[one.id] for one in coming if one.id in why), None)
    if first is not None or access.decides(tx, it) or not it.public:
        return first
    held = any(one.state is OccasionState.PLANNED for one in coming)
    return None if held or model.awaited(it, tx.runtime.city.timezone, tx.now) else Stays(OVER)


async def require(tx: Transaction, it: CityEvent, one: Occasion) -> None:
    """Lets pass a date that the caller may call off. Errors: OCCASION_BEGUN, OCCASION_ON_SALE."""
    why = await stays(tx, it, [one])
    if one.id in why:
        raise _refused(tx, why[one.id])


async def require_all(tx: Transaction, it: CityEvent, coming: Sequence[Occasion]) -> None:
    """Lets pass an event whose dates to come the caller may call off. Errors: OCCASION_BEGUN, OCCASION_ON_SALE,
    EVENT_OVER.
    """
    why = all_stays(tx, it, coming, await stays(tx, it, coming))
    if why is not None:
        raise _refused(tx, why)


async def put_off(tx: Transaction, it: CityEvent) -> dict[Occasion, Stays | None]:
    """Which dates that have begun or are over, and that tickets are sold of, what waits puts to another time, and why
    the caller cannot publish that; None where they can.
    """
    content, zone = model.read(it.written), tx.runtime.city.timezone
    until = model.horizon(content, tx.now.date()) or tx.now.date()
    planned = {one.key: one.starts_at for one in recurrence.planned(content.schedule, zone, tx.now, until)}
    moved = [one for key, one in (await store.known(tx, it.id, list(planned))).items() if key in planned]
    begun = [one for one in moved if _has_begun(tx, one) and planned[one.key] != one.starts_at]
    sellers = await store.sellers(tx, [one.id for one in begun])
    return {one: _foreign(tx, it, sellers[one.id]) for one in begun if one.id in sellers}


def publishing(
    tx: Transaction, it: CityEvent, dropped: Iterable[Stays], moved: Mapping[Occasion, Stays | None]
) -> Stays | None:  # fmt: skip
    """Why the caller, who may publish, cannot publish what waits, by why they could not call off themselves the dates
    that it calls off, and why they may not put off those that it puts off; None where they can, and for others.
    """
    if not access.publishes(tx):
        return None
    off = [why for why in dropped if _foreign(tx, it, why.agency)]
    return next((why for why in (*off, *moved.values()) if why is not None), None)


async def require_unmoved(
    tx: Transaction, it: CityEvent, before: Mapping[str, Occasion], changed: Sequence[Occasion]
) -> None:  # fmt: skip
    """Lets pass what waits, by what its dates were ``before``, where it calls off or puts off none that has begun and
    that another agency sells tickets of. Errors: OCCASION_ON_SALE.
    """
    gone = [
        one.id
        for one in changed
        if _has_begun(tx, was := before[one.key]) and (one.state, one.starts_at) != (was.state, was.starts_at)
    ]
    for seller in (await store.sellers(tx, gone)).values():
        if (why := _foreign(tx, it, seller)) is not None:
            raise _refused(tx, why)


def _has_begun(tx: Transaction, one: Occasion) -> bool:
    return one.starts_at <= tx.now and one.state is OccasionState.PLANNED


def _foreign(tx: Transaction, it: CityEvent, seller: str) -> Stays | None:
    """What an officer of the agency that sells wrote, that agency has decided, whoever publishes it."""
    return None if seller == it.written_agency or access.sells(tx, seller) else Stays(ON_SALE, seller)


def _why(tx: Transaction, it: CityEvent, one: Occasion, seller: str) -> Stays | None:
    begun = one.starts_at <= tx.now
    if access.decides(tx, it):
        return Stays(ON_SALE, seller) if begun and seller and not access.sells(tx, seller) else None
    if begun:
        return Stays(BEGUN, terms_of(tx.runtime.city).agency)
    return Stays(ON_SALE, seller) if seller else None


def _refused(tx: Transaction, why: Stays) -> DomainError:
    agency = tx.runtime.city.agencies.get(why.agency)
    named = {"named": agency.short} if agency else {}
    short = agency.short if agency else "an administrator"
    if why.reason == ON_SALE:
        message = (
            f"Tickets of this are sold by {short}. Ask them to call off their sale first, or leave this date as it is."
        )
        return precondition("OCCASION_ON_SALE", message, **named)
    if why.reason == OVER:
        return precondition("EVENT_OVER", "None of its dates is to come; there is nothing to call off any more.")
    message = f"It has begun. Ask {short} to call it off; dates that have not begun you call off one by one."
    return precondition("OCCASION_BEGUN", message, **named)
