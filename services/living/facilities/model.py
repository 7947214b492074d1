"""A facility: what is known of it, and how that changes. Pure rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from uuid import UUID

from services.kit.city import opening_hours as hours
from services.kit.city.opening_hours import Opening
from services.kit.city.working_days import Calendar


class Kind(Enum):
    """What sort of facility it is."""

    PUSKESMAS = "puskesmas"
    HOSPITAL = "hospital"
    LIBRARY = "library"
    WIFI = "wifi"


class FacilityAccess(Enum):
    """Whether somebody in a wheelchair gets in and about."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Status(Enum):
    """How well what is said of a facility is known."""

    VERIFIED = "verified"
    """Several public sources say so."""
    PARTLY = "partly"
    """One source says so, or sources differ."""
    MEMORY = "memory"
    """From memory, not checked."""


class Field(Enum):
    """What of a facility a change is about."""

    ENTERED = "entered"
    NAME = "name"
    POINT = "point"
    HOURS = "hours"
    ACCESS = "access"
    CLOSED = "closed"
    ABOUT = "about"


COLUMNS: Mapping[Field, tuple[str, ...]] = {
    Field.NAME: ("name",),
    Field.POINT: ("lon", "lat", "approximate", "area"),
    Field.HOURS: ("hours", "hours_planned"),
    Field.ACCESS: ("access",),
    Field.CLOSED: ("closed",),
    Field.ABOUT: ("kind", "agency", "status", "checked_on", "note", "source"),
}
"""What each field is made of. All but the last can be corrected."""


@dataclass(frozen=True)
class Facility:
    """One of them. Times are UTC; ``version`` counts its changes."""

    id: UUID
    version: int
    code: str
    kind: Kind
    name: str
    agency: str
    """Which answers for what is said of it."""
    area: str
    """Kemendagri code of the kelurahan; of the kecamatan where no point is known."""
    lon: float | None
    lat: float | None
    approximate: bool
    """The point is a stand-in: about there, not the right door."""
    hours: str
    """Empty: not known."""
    hours_planned: bool
    """They were announced, and nobody has checked them."""
    access: FacilityAccess
    status: Status
    checked_on: date | None
    note: str
    source: str
    created_at: datetime
    updated_at: datetime
    closed: bool = False
    """For good."""
    corrected: tuple[str, ...] = ()
    """Fields that officers have set: the city's data changes them no more."""

    def opening(self, now: datetime, calendar: Calendar) -> Opening:
        """Whether it is open. Hours that were only announced tell nothing of it."""
        if self.closed or not self.hours or self.hours_planned:
            return hours.UNKNOWN
        return hours.opening(hours.parse(self.hours), now, calendar)


@dataclass(frozen=True)
class Change:
    """A change that was made to a facility."""

    facility: UUID
    version: int
    at: datetime
    fields: tuple[str, ...]
    correction: UUID | None = None
    """The correction that was accepted; None: the city's data changed."""


@dataclass(frozen=True)
class Proposal:
    """What is to change of a facility; what is empty or None stays."""

    name: str = ""
    lon: float | None = None
    lat: float | None = None
    area: str = ""
    """Of the point."""
    hours: str = ""
    access: FacilityAccess = FacilityAccess.UNKNOWN
    closed: bool | None = None


def fields_changed(before: Facility, after: Facility) -> tuple[Field, ...]:
    """What differs between two states of a facility."""
    return tuple(field for field, columns in COLUMNS.items() if _of(before, columns) != _of(after, columns))


def renewed(before: Facility, row: Facility, now: datetime) -> Facility:
    """A facility after its row of the city's data was read: what officers have set stands. The same where nothing
    changes.
    """
    columns = [name for field, names in COLUMNS.items() if field.value not in before.corrected for name in names]
    after = replace(before, **{name: getattr(row, name) for name in columns})
    return _next(before, after, now) if fields_changed(before, after) else before


def corrected(before: Facility, proposal: Proposal, now: datetime) -> Facility:
    """A facility after an officer has accepted a proposal. All else of it nobody has checked: its day stays."""
    after = proposed(before, proposal)
    set_ = {*before.corrected, *(field.value for field in said(proposal))}
    return _next(before, replace(after, corrected=tuple(sorted(set_))), now)


def proposed(before: Facility, proposal: Proposal) -> Facility:
    """A facility as a proposal has it."""
    after = before
    if proposal.name:
        after = replace(after, name=proposal.name)
    if proposal.lon is not None and proposal.lat is not None:
        after = replace(after, lon=proposal.lon, lat=proposal.lat, area=proposal.area, approximate=False)
    if proposal.hours:
        after = replace(after, hours=proposal.hours, hours_planned=False)
    if proposal.access is not FacilityAccess.UNKNOWN:
        after = replace(after, access=proposal.access)
    if proposal.closed is not None:
        after = replace(after, closed=proposal.closed)
    return after


def said(proposal: Proposal) -> tuple[Field, ...]:
    """Which fields a proposal is about."""
    given = {
        Field.NAME: bool(proposal.name),
        Field.POINT: proposal.lon is not None,
        Field.HOURS: bool(proposal.hours),
        Field.ACCESS: proposal.access is not FacilityAccess.UNKNOWN,
        Field.CLOSED: proposal.closed is not None,
    }
    return tuple(field for field, is_given in given.items() if is_given)


def worded(facility: Facility, field: Field) -> str:
    """A field as a text, for the record of what was; empty where it was not known."""
    if field is Field.POINT:
        return "" if facility.lat is None else f"{facility.lat}, {facility.lon}"
    if field is Field.HOURS:
        return facility.hours
    if field is Field.ACCESS:
        return "" if facility.access is FacilityAccess.UNKNOWN else facility.access.value
    if field is Field.CLOSED:
        return "closed" if facility.closed else "in_use"
    return facility.name


def _next(before: Facility, after: Facility, now: datetime) -> Facility:
    return replace(after, version=before.version + 1, updated_at=now)


def _of(facility: Facility, columns: Iterable[str]) -> list[object]:
    return [getattr(facility, name) for name in columns]
