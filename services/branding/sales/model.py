"""A sale, its types of tickets, and the seats of a type on a day. Pure rules; amounts are whole units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import Enum
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from services.branding.destinations.model import Destination
from services.branding.terms import days
from services.kit.city.working_days import Calendar
from services.kit.errors import DomainError, invalid, not_found, precondition

MOST_TYPES = 12
AHEAD_DAYS = 90
"""How many days ahead tickets of a destination are sold."""


class State(Enum):
    """Where a sale stands."""

    OPEN = "open"
    STOPPED = "stopped"
    CANCELLED = "cancelled"


class Admission(Enum):
    """How often a ticket lets in."""

    ONCE = "once"
    DAILY = "daily"


class Reentry(Enum):
    """Whether who has left may come in again on the same day."""

    NONE = "none"
    AFTER_EXIT = "after_exit"
    FREE = "free"


@dataclass(frozen=True)
class Sale:
    """What tickets are sold for: a date of an event, or the days of a destination. Times are UTC."""

    id: UUID
    version: int
    state: State
    agency: str
    occasion: UUID | None
    event: UUID | None
    """Of which that is a date."""
    event_code: str
    destination: str
    title_id: str
    title_en: str
    venue: str
    starts_at: datetime | None
    ends_at: datetime | None
    day: date | None
    """By which the seats of a date are found: its day as it was planned first, wherever it moves to."""
    moved_at: datetime | None
    """When it was last put to another time: all of the price goes back of what was ordered before."""
    opens_at: datetime
    waiting_room: bool
    note: str
    opened_by: str
    created_at: datetime
    updated_at: datetime
    own_words: tuple[str, ...] = ()
    """Names of the fields among its titles and its venue that say something else than its event; the others say what
    that says.
    """

    @property
    def moved(self) -> bool:
        """Whether it takes place at another time than when tickets were sold first."""
        return self.moved_at is not None

    @property
    def by_day(self) -> bool:
        """Whether its tickets are of a day that the buyer names."""
        return self.starts_at is None

    def all_day(self, zone: tzinfo) -> bool:
        """Whether it takes whole days, from midnight to midnight, as a date does whose hours are not known."""
        if self.starts_at is None or self.ends_at is None:
            return False
        return all(at.astimezone(zone).time() == time.min for at in (self.starts_at, self.ends_at))

    def days(self, zone: tzinfo) -> tuple[date, date] | None:
        """First and last day of what has a begin, as the city counts them."""
        if self.starts_at is None or self.ends_at is None:
            return None
        # What ends at midnight ends the day before.
        last = (self.ends_at - timedelta(seconds=1)).astimezone(zone).date()
        return self.starts_at.astimezone(zone).date(), last

    def over(self, day: date, zone: tzinfo) -> datetime:
        """When a ticket of a day is worth nothing any more: at the sale's end, or the day's."""
        return self.ends_at or days.begin(day + timedelta(days=1), zone).astimezone(UTC)

    def begins(self, day: date, zone: tzinfo) -> datetime:
        """When a ticket of a day begins to be used: the sale's begin, or the day's."""
        return self.starts_at or days.begin(day, zone).astimezone(UTC)

    def gates_from(self, day: date, zone: tzinfo, early: timedelta) -> datetime:
        """When people begin to come in with tickets of a day: ``early`` before the begin that is known."""
        return self.begins(day, zone) - (early if self.starts_at is not None else timedelta(0))


@dataclass(frozen=True)
class TicketType:
    """A sort of tickets of a sale."""

    id: UUID
    version: int
    sale: UUID
    name_id: str
    name_en: str
    price: int
    quota: int
    """In all; of a destination on each day that has none of its own yet."""
    most: int
    open: bool
    admission: Admission
    reentry: Reentry
    gates: tuple[str, ...]
    refund_hours: int
    refund_percent: int
    created_at: datetime
    updated_at: datetime

    def lets_in_at(self, gate: str) -> bool:
        """Whether a gate of that name lets these in; names are told apart by their letters, not by their case."""
        return not self.gates or gate.casefold() in {one.casefold() for one in self.gates}

    def let_in_at(self, wanted: Sequence[str], opened: Sequence[str]) -> tuple[str, ...]:
        """The gates that let these in, as they are named where they were opened; what it names already may stay.

        Errors: GATE_UNKNOWN.
        """
        known = {one.casefold(): one for one in (*self.gates, *opened)}
        names = list(dict.fromkeys(" ".join(one.split()).casefold() for one in wanted))
        for name in names:
            if name not in known:
                message = "There is no gate of that name. Open it first."
                raise not_found("GATE_UNKNOWN", message, field="gates", name=name)
        return tuple(known[name] for name in names)

    def refund(self, price: int, begins: datetime, now: datetime, *, moved: bool = False) -> int | None:
        """What is given back of a price now; None where it is too late, or tickets are not taken back. What cost
        nothing, and what takes place at another time than was said, is given back as a whole, until it begins.
        """
        if moved or price == 0:
            return price if now < begins else None
        until = self.refund_until(price, begins)
        return price * self.refund_percent // 100 if until is not None and now <= until else None

    def refund_until(
        self, price: int, begins: datetime, *, moved: bool = False, gates_from: datetime | None = None
    ) -> datetime | None:
        """Until when something of a price is given back: not once gates let in; None where tickets are not taken
        back.
        """
        hours = 0 if moved or price == 0 else self.refund_hours
        until = begins - timedelta(hours=hours)
        taken_back = moved or price == 0 or self.refund_percent > 0
        return min(until, gates_from or until) if taken_back else None


@dataclass(frozen=True)
class Seats:
    """What there is of a type on a day. ``held`` are of orders that are not paid, ``sold`` of tickets that hold."""

    id: UUID
    type: UUID
    day: date
    quota: int
    held: int = 0
    sold: int = 0

    @property
    def left(self) -> int:
        """How many can be had."""
        return self.quota - self.held - self.sold

    def hold(self, count: int) -> "Seats":
        """Holds some for an order. Errors: SOLD_OUT."""
        if count > self.left:
            raise sold_out(self.left)
        return replace(self, held=self.held + count)

    def free(self, count: int) -> "Seats":
        """Frees what was held."""
        return replace(self, held=self.held - count)

    def sell(self, count: int, *, held: bool) -> "Seats":
        """Sells what is held, or, if it is not any more, what is left. Errors: SOLD_OUT."""
        if held:
            return replace(self, held=self.held - count, sold=self.sold + count)
        if count > self.left:
            raise sold_out(self.left)
        return replace(self, sold=self.sold + count)

    def take_back(self, count: int) -> "Seats":
        """A ticket was given back."""
        return replace(self, sold=self.sold - count)

    def resize(self, quota: int) -> "Seats":
        """There are so many from now on. Errors: QUOTA_BELOW_SOLD."""
        if quota < self.held + self.sold:
            message = f"{self.held + self.sold} are sold or held already; there cannot be fewer."
            raise precondition("QUOTA_BELOW_SOLD", message, field="quota")
        return replace(self, quota=quota)


@lru_cache(maxsize=4_096)
def seats_id(type_: UUID, day: date) -> UUID:
    """The id of a type's seats on a day: the same whoever needs them first."""
    return uuid5(NAMESPACE_URL, f"smartcity:seats:{type_}:{day}")


def seats_of(type_: TicketType, day: date) -> Seats:
    """A type's seats on a day that has none so far."""
    return Seats(id=seats_id(type_.id, day), type=type_.id, day=day, quota=type_.quota)


def day_of(sale: Sale, asked: date | None, zone: tzinfo, now: datetime) -> date | DomainError:
    """The day whose seats an order is for, or why there is none. Errors: DAY_INVALID, SALE_DAY_OVER, SALE_DAY_TOO_FAR,
    SALE_OVER.
    """
    today = now.astimezone(zone).date()
    if sale.day is not None:
        if sale.ends_at is not None and now >= sale.ends_at:
            return precondition("SALE_OVER", "It is over; there are no more tickets for it.")
        return sale.day
    if asked is None:
        return invalid("DAY_INVALID", "Name the day that the tickets are for.", field="day")
    if asked < today:
        return invalid("SALE_DAY_OVER", "This day is over. Name a day from today on.", field="day")
    if asked > today + timedelta(days=AHEAD_DAYS):
        message = f"Tickets are sold at most {AHEAD_DAYS} days ahead. Name an earlier day, or order later."
        return invalid("SALE_DAY_TOO_FAR", message, field="day")
    return asked


def shut(place: Destination | None, day: date, now: datetime, calendar: Calendar) -> DomainError | None:
    """Why nothing is sold of a place for a day; None while it may let somebody in. Its week alone closes no day: one
    day may be otherwise, and nobody has said so yet. A day whose last hour is known and over lets nobody in.

    Errors: SALE_DAY_CLOSED, SALE_DAY_OVER.
    """
    if place is None:
        return None
    if place.said.shut(day):
        return precondition("SALE_DAY_CLOSED", "The place lets nobody in on this day. Name another.", field="day")
    if place.over(day, now, calendar):
        return invalid("SALE_DAY_OVER", "The place has closed for this day. Name a later one.", field="day")
    return None


def sold_on(
    sale: Sale, asked: date | None, place: Destination | None, now: datetime, calendar: Calendar
) -> date | DomainError:
    """The day whose seats an order is for, where its place may let somebody in; or why there is none. Errors: those of
    ``day_of`` and ``shut``.
    """
    day = day_of(sale, asked, calendar.timezone, now)
    return day if isinstance(day, DomainError) else shut(place, day, now, calendar) or day


def unsellable(sale: Sale, now: datetime) -> DomainError | None:
    """Why nothing can be ordered now; None when it can."""
    if sale.state is State.CANCELLED:
        return precondition("SALE_CANCELLED", "This sale was called off. Whoever has a ticket gets the money back.")
    if sale.state is State.STOPPED:
        return precondition("SALE_STOPPED", "The sale is stopped for now. Look again later.")
    if now < sale.opens_at:
        return precondition("SALE_NOT_OPEN_YET", "Tickets are not on sale yet.", opens=sale.opens_at.isoformat())
    return None


def require_begin(opens_at: datetime, ends_at: datetime | None) -> None:
    """Lets pass when tickets are on sale before what they are for is over. Errors: SALE_TIMES_INVALID."""
    if ends_at is not None and opens_at >= ends_at:
        message = "That is when this date is over: nobody could buy. Let tickets be on sale before."
        raise invalid("SALE_TIMES_INVALID", message, field="open_time")


def stop(sale: Sale, *, open_: bool, opens_at: datetime | None = None, note: str, now: datetime) -> Sale:
    """Stops it, or lets it go on, from ``opens_at`` on if given. Errors: SALE_CANCELLED, SALE_TIMES_INVALID."""
    require_alive(sale)
    if opens_at is not None:
        require_begin(opens_at, sale.ends_at)
    state, begin = State.OPEN if open_ else State.STOPPED, opens_at or sale.opens_at
    return replace(sale, state=state, opens_at=begin, note=note, version=sale.version + 1, updated_at=now)


def cancel(sale: Sale, note: str, now: datetime) -> Sale:
    """It is called off. Errors: SALE_CANCELLED."""
    require_alive(sale)
    return replace(sale, state=State.CANCELLED, note=note, version=sale.version + 1, updated_at=now)


def move(sale: Sale, starts_at: datetime, ends_at: datetime, now: datetime) -> Sale:
    """Its date is at another time; who ordered is put off only by another start."""
    moved_at = sale.moved_at if starts_at == sale.starts_at else now
    return replace(
        sale, starts_at=starts_at, ends_at=ends_at, moved_at=moved_at, version=sale.version + 1, updated_at=now
    )


def say(sale: Sale, words: Mapping[str, str], now: datetime) -> Sale:
    """Its event says something else; what is in the sale's own words stays."""
    new: dict[str, Any] = {name: text for name, text in words.items() if name not in sale.own_words}
    if all(getattr(sale, name) == text for name, text in new.items()):
        return sale
    return replace(sale, **new, version=sale.version + 1, updated_at=now)


def require_alive(sale: Sale) -> None:
    """Errors: SALE_CANCELLED."""
    if sale.state is State.CANCELLED:
        raise precondition("SALE_CANCELLED", "This sale was called off, and stays so. Open another.")


def require_to_come(sale: Sale, now: datetime) -> None:
    """Lets pass what is not over: what took place is not paid back by one press. Errors: SALE_CANCELLED, SALE_OVER."""
    require_alive(sale)
    if sale.ends_at is not None and sale.ends_at <= now:
        raise precondition("SALE_OVER", "It took place and is over; it cannot be called off any more.")


def sold_out(left: int) -> DomainError:
    """There are not enough."""
    message = f"Only {left} are left; order fewer." if left else "There are none left; some may come back later."
    return precondition("SOLD_OUT", message, left=str(left))
