"""A destination: what is known of it, and how that changes. Pure rules."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from services.kit.city import opening_hours as hours
from services.kit.city.opening_hours import Opening, Spans
from services.kit.city.working_days import Calendar
from services.kit.errors import DomainError, invalid, precondition

MOST_DAYS = 60
"""Special days of a place that lie ahead: as many as one correction names."""


class Kind(Enum):
    """What sort of place it is."""

    HERITAGE = "heritage"
    MUSEUM = "museum"
    TEMPLE = "temple"
    MOSQUE = "mosque"
    CHURCH = "church"
    PARK = "park"
    NATURE = "nature"
    BEACH = "beach"
    MARKET = "market"
    CULINARY = "culinary"
    CULTURE = "culture"
    VENUE = "venue"
    OTHER = "other"


class Access(Enum):
    """Whether somebody in a wheelchair gets in and about."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Status(Enum):
    """How well what is said of it is known."""

    VERIFIED = "verified"
    PARTLY = "partly"
    MEMORY = "memory"


class Payer(Enum):
    """Who pays a price."""

    ALL = "all"
    ADULT = "adult"
    CHILD = "child"
    FOREIGN = "foreign"


class Price(Struct, frozen=True):
    """What a class pays, in whole rupiah."""

    payer: Payer
    units: int


class Exceptional(Struct, frozen=True):
    """A day with other hours than its week has; closed all day without times, or with those of a week that lets nobody
    in then ("off").
    """

    day: str
    times: str = ""

    @property
    def spans(self) -> Spans:
        """When it is open on that day."""
        return hours.parse(self.times).week[date.fromisoformat(self.day).weekday()] if self.times else ()

    @property
    def is_plain(self) -> bool:
        """Whether its times can be read, and are not those of other days of the week alone."""
        try:
            return bool(self.spans) or not any(hours.parse(self.times or "off").week)
        except DomainError:
            return False


class Content(Struct, frozen=True):
    """What is said of a destination; what is empty is not known."""

    description: str = ""
    description_en: str = ""
    hours: str = ""
    exceptions: tuple[Exceptional, ...] = ()
    prices: tuple[Price, ...] = ()
    note: str = ""
    access: Access = Access.UNKNOWN
    website: str = ""
    closed: bool = False
    in_use: bool = False
    """Of a proposal: that it is not closed for good, as was said. Of what is said, that it is not ``closed`` tells."""

    def shut(self, day: date) -> bool:
        """Whether somebody has said of that very day that it lets nobody in, or of all days."""
        return self.closed or any(one.day == day.isoformat() and not one.spans for one in self.exceptions)


@dataclass(frozen=True)
class Destination:
    """One of them. Times are UTC; ``content`` is ``Content`` as JSON. WGS 84 degrees."""

    id: UUID
    version: int
    code: str
    kind: Kind
    name: str
    content: str
    area: str
    """Kemendagri code of the kelurahan whose polygon it lies in."""
    lon: float
    lat: float
    approximate: bool
    status: Status
    checked_on: date | None
    source: str
    created_at: datetime
    updated_at: datetime
    timed: bool = False
    """Whether its hours are known."""
    closed: bool = False
    corrected: bool = False
    """Officers have set something of it: the city's data changes what is said of it no more."""

    @property
    def said(self) -> Content:
        """What is said of it."""
        return read(self.content)

    def opening(self, now: datetime, calendar: Calendar) -> Opening:
        """Whether it is open, its exceptions before its week."""
        said = self.said
        if said.closed or not (said.hours or said.exceptions):
            return hours.UNKNOWN
        own = {date.fromisoformat(one.day): one.spans for one in said.exceptions}
        return hours.opening(hours.parse(said.hours) if said.hours else None, now, calendar, own)

    def over(self, day: date, now: datetime, calendar: Calendar) -> bool:
        """Whether it lets nobody in any more on a day, for certain: by hours of that very day, or of a week that was
        checked. A week that is merely supposed, and a holiday that it does not name, end no day.
        """
        said = self.said
        own = next((one.spans for one in said.exceptions if one.day == day.isoformat()), None)
        if own is None and (self.status is not Status.VERIFIED or not said.hours):
            return False
        spans = own if own is not None else hours.on(hours.parse(said.hours), day, calendar)
        return hours.over(spans or (), day, now, calendar)


@lru_cache(maxsize=2_000)
def read(content: str) -> Content:
    """What is said."""
    return msgspec.json.decode(content, type=Content)


def text_of(content: Content) -> str:
    """The same as it is kept."""
    return msgspec.json.encode(content).decode()


def check(content: Content) -> None:
    """Lets pass what can be said. Errors: OPENING_HOURS_INVALID, URL_INVALID, DAY_INVALID."""
    if content.website and not content.website.startswith("https://"):
        raise invalid("URL_INVALID", "The address must begin with https://.", field="website")
    if content.hours:
        hours.parse(content.hours)
    for one in content.exceptions:
        try:
            date.fromisoformat(one.day)
        except ValueError:
            raise invalid("DAY_INVALID", "There is no such day.", field="exceptions") from None
        if not one.is_plain:
            message = 'Write the times of a day such as "10:00-15:00", and none where it is closed.'
            raise invalid("OPENING_HOURS_INVALID", message, field="exceptions")


def merged(before: Content, proposal: Content) -> Content:
    """What is said after a proposal, of which what is empty stays as it was, and so do days and classes of payers that
    it does not name.
    """
    given: dict[str, Any] = {
        name: value
        for name in Content.__struct_fields__
        if name != "in_use" and (value := getattr(proposal, name)) not in ("", (), False, Access.UNKNOWN)
    }
    if proposal.in_use:
        given["closed"] = False
    if proposal.exceptions:
        days = {one.day: one for one in (*before.exceptions, *proposal.exceptions)}
        given["exceptions"] = tuple(days[day] for day in sorted(days))
    if proposal.prices:
        given["prices"] = _priced(before.prices, proposal.prices)
    return msgspec.structs.replace(before, **given)


def _priced(before: Sequence[Price], proposed: Sequence[Price]) -> tuple[Price, ...]:
    """Prices by who pays them; one for all is none for adults and children beside it, and the other way round."""
    named = {one.payer for one in proposed}
    if Payer.ALL in named:
        named |= {Payer.ADULT, Payer.CHILD}
    elif named & {Payer.ADULT, Payer.CHILD}:
        named.add(Payer.ALL)
    return (*(one for one in before if one.payer not in named), *{one.payer: one for one in proposed}.values())


def corrected(before: Destination, proposal: Content, now: datetime, today: date) -> Destination:
    """A destination after an officer has accepted a proposal; ``today`` is the city's. Days that are over go. All else
    of it nobody has checked: how well it is known, and since when, stays as it was. Errors: SPECIAL_DAYS_FULL.
    """
    said = merged(before.said, proposal)
    coming = tuple(one for one in said.exceptions if one.day >= today.isoformat())
    if proposal.exceptions and len(coming) > MOST_DAYS:
        message = f"More than {MOST_DAYS} special days of this place would lie ahead. Name the nearest ones alone."
        raise precondition("SPECIAL_DAYS_FULL", message)
    return replace(with_content(before, msgspec.structs.replace(said, exceptions=coming), now), corrected=True)


def with_content(before: Destination, content: Content, now: datetime) -> Destination:
    """The same, of which something else is said."""
    return replace(
        before,
        content=text_of(content),
        timed=bool(content.hours or content.exceptions),
        closed=content.closed,
        version=before.version + 1,
        updated_at=now,
    )
