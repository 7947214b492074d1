"""A city event: what it says, its dates, and who may do what with it. Pure rules.

What is published and what waits to be published stand beside each other: somebody writes, somebody else publishes. A
date keeps its id from the day it was first planned, whatever becomes of it, so that tickets and calendars can refer to
it.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from enum import Enum
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

import msgspec
from msgspec import Struct

from services.branding.city_events import recurrence
from services.branding.city_events.recurrence import MOST, Planned, Schedule
from services.kit.errors import DomainError, forbidden, invalid, precondition
from services.kit.impersonal import require_impersonal

AHEAD = timedelta(days=400)
"""How far ahead dates of a rule are planned."""
RENEWED = timedelta(days=350)
"""They are planned further when less than so much is left: of what is each day before the last that was ``TOLD``."""
MOST_WAITING = 20
"""Events of one organiser that wait to be published."""
TOLD = 100
"""Dates that an event of the domain names, and an answer holds."""


class State(Enum):
    """Where an event stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class OccasionState(Enum):
    """Whether a date holds."""

    PLANNED = "planned"
    CANCELLED = "cancelled"


class Kind(Enum):
    """What sort of event it is."""

    FESTIVAL = "festival"
    PROCESSION = "procession"
    TRADITION = "tradition"
    CEREMONY = "ceremony"
    PERFORMANCE = "performance"
    EXHIBITION = "exhibition"
    MARKET = "market"
    SPORT = "sport"
    OTHER = "other"


class Status(Enum):
    """How well what is said of it is known."""

    VERIFIED = "verified"
    MEMORY = "memory"


class Item(Struct, frozen=True):
    """Something in a programme; ``time`` on the city's clocks, empty where it is not known."""

    title: str
    time: str = ""
    title_en: str = ""


class Content(Struct, frozen=True):
    """What an event says. ``lon`` and ``lat`` in WGS 84 degrees."""

    name: str
    kind: Kind
    venue: str
    name_en: str = ""
    description: str = ""
    description_en: str = ""
    organiser: str = ""
    lon: float | None = None
    lat: float | None = None
    areas: tuple[str, ...] = ()
    """Kelurahan, that of its position first."""
    website: str = ""
    custom: str = ""
    custom_en: str = ""
    programme: tuple[Item, ...] = ()
    expected: int = 0
    extra_service: bool = False
    waste_round: bool = False
    schedule: Schedule = Schedule()


@dataclass(frozen=True)
class CityEvent:
    """One of them. Times are UTC; ``content`` and ``written`` are ``Content`` as JSON."""

    id: UUID
    version: int
    code: str
    state: State
    kind: Kind
    agency: str
    """Whose officers wrote it; empty: an organiser did."""
    by: str
    """Subject of who wrote it first; empty: the city's profile."""
    content: str
    """What was published, and of a draft that was dropped what was written; empty: nothing yet."""
    written: str
    """What waits to be published; empty: nothing."""
    written_by: str
    status: Status
    source: str
    created_at: datetime
    updated_at: datetime
    reason: str = ""
    published_at: datetime | None = None
    cancelled_at: datetime | None = None
    planned_until: date | None = None
    """Up to which day dates of its rule are planned; None where it has none."""
    next_at: datetime | None = None
    """When its next date begins, and is over."""
    next_until: datetime | None = None
    written_agency: str = ""
    """Of which agency the officer is who wrote what waits; empty: of none."""
    edited: bool = False
    """Somebody has changed it since it was entered: the city's profile changes it no more."""

    @property
    def said(self) -> Content:
        """What it says: what was published, else what is written."""
        return read(self.content or self.written)

    @property
    def public(self) -> bool:
        """Whether everybody may know of it."""
        return self.published_at is not None


@dataclass(frozen=True)
class Occasion:
    """A date of an event. Times are UTC. ``key`` is what its rule or list calls it."""

    id: UUID
    event_id: UUID
    key: str
    starts_at: datetime
    ends_at: datetime
    all_day: bool
    state: OccasionState
    source: str
    sequence: int = 0
    moved: bool = False
    reason: str = ""
    """Why it was called off; empty where it holds, where nobody said so, and where its event was called off."""

    def is_over(self, now: datetime) -> bool:
        """Whether it has ended, or was called off."""
        return self.ends_at <= now or self.state is OccasionState.CANCELLED


class Dates(NamedTuple):
    """What becomes of an event's dates."""

    added: list[Planned]
    changed: list[Occasion]


@lru_cache(maxsize=2_000)
def read(content: str) -> Content:
    """What was written."""
    return msgspec.json.decode(content, type=Content)


def text_of(content: Content) -> str:
    """The same as it is kept."""
    return msgspec.json.encode(content).decode()


def check(content: Content) -> None:
    """Lets pass what may be written. Errors: URL_INVALID, WORDS_PERSONAL."""
    require_impersonal(content.organiser, "organiser")
    if content.website and not content.website.startswith("https://"):
        raise invalid("URL_INVALID", "The address must begin with https://.", field="website")


def code_of(name: str, id_: UUID) -> str:
    """A short name for addresses: the name's letters and digits, and the end of the id, which nobody else has."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")
    return f"{words or 'acara'}-{id_.hex[-6:]}"


def rewritten(it: CityEvent, content: Content, by: str, agency: str, now: datetime) -> CityEvent:
    """Something else is to be said, by an officer of an agency or for nobody. Errors: EVENT_CANCELLED."""
    _alive(it)
    kind = it.kind if it.public else content.kind
    return replace(_next(it, now), written=text_of(content), written_by=by, written_agency=agency, kind=kind)


def published(it: CityEvent, by: str, now: datetime) -> CityEvent:
    """What was written is said now. Errors: EVENT_CANCELLED, EVENT_NOTHING_WRITTEN, OWN_EVENT."""
    _alive(it)
    if not it.written:
        raise precondition("EVENT_NOTHING_WRITTEN", "Nothing waits to be published.", state=it.state.value)
    if by == it.written_by:
        raise forbidden("OWN_EVENT", "You wrote it yourself; somebody else has to publish it.")
    content = read(it.written)
    return replace(
        _next(it, now),
        state=State.PUBLISHED,
        kind=content.kind,
        content=it.written,
        written="",
        written_by="",
        written_agency="",
        status=Status.VERIFIED,
        published_at=it.published_at or now,
        edited=True,
        planned_until=horizon(content, now.date()),
    )


def cancelled(it: CityEvent, reason: str, now: datetime) -> CityEvent:
    """It is called off. Errors: EVENT_CANCELLED."""
    _alive(it)
    return replace(
        _next(it, now),
        state=State.CANCELLED,
        reason=reason,
        cancelled_at=now,
        content=it.content or it.written,
        written="",
        written_by="",
        written_agency="",
        planned_until=None,
        next_at=None,
        next_until=None,
        edited=True,
    )


def without(it: CityEvent, key: str, now: datetime) -> CityEvent:
    """One of its dates is called off: of what is said, and of what waits. Errors: EVENT_CANCELLED."""
    _alive(it)
    return replace(
        _next(it, now), content=_left_out(it.content, key), written=_left_out(it.written, key), edited=True
    )  # fmt: skip


def horizon(content: Content, today: date) -> date | None:
    """Up to which day dates of its rule are planned; None where it has none."""
    return today + AHEAD if content.schedule.rule else None


def reconciled(
    known: Mapping[str, Occasion], planned: Sequence[Planned], now: datetime, why: Mapping[str, str] | None = None
) -> Dates:
    """What is to be added and changed so that the dates to come are those planned, the next ``MOST`` of them. What is
    over stays as it was, and so does what is known and comes after those: that others came between calls it not off.
    ``why`` dates are called off, by what they are called.
    """
    added = [one for one in planned[:MOST] if one.key not in known]
    changed: list[Occasion] = []
    for one in planned:
        before = known.get(one.key)
        if before is None:
            continue
        after = replace(
            before,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            all_day=one.all_day,
            source=one.source,
            moved=one.moved,
            state=OccasionState.PLANNED,
            reason="",
        )
        if after != before:
            changed.append(replace(after, sequence=before.sequence + 1))
    kept = {one.key for one in planned}
    lost = (one for one in known.values() if one.key not in kept and one.ends_at > now)
    changed += [called_off(one, (why or {}).get(one.key, "")) for one in lost if one.state is OccasionState.PLANNED]
    return Dates(added, changed)


def dropped(coming: Iterable[Occasion], content: Content, zone: tzinfo, now: datetime) -> list[Occasion]:
    """Which of an event's dates to come are called off by publishing this."""
    planned = recurrence.planned(content.schedule, zone, now, horizon(content, now.date()) or now.date())
    kept = {one.key for one in planned}
    return [one for one in coming if one.state is OccasionState.PLANNED and one.key not in kept]


def awaited(it: CityEvent, zone: tzinfo, now: datetime) -> bool:
    """Whether dates are still to be told of an event that has none to come: by its custom, by its rule beyond what is
    planned, or as none ever was.
    """
    schedule = it.said.schedule
    if it.said.custom or not schedule.rule:
        return bool(it.said.custom) or not schedule.dates
    today = now.astimezone(zone).date()
    after = max(it.planned_until or today, today)  # what begins later cannot be over
    return recurrence.goes_on(schedule, zone, after, today + timedelta(days=366 * recurrence.YEARS))


def called_off(occasion: Occasion, reason: str = "") -> Occasion:
    """It does not hold any more."""
    return replace(occasion, state=OccasionState.CANCELLED, reason=reason, sequence=occasion.sequence + 1)


def nearest(it: CityEvent, occasions: Iterable[Occasion], now: datetime) -> CityEvent:
    """An event that knows its next date."""
    coming = [one for one in occasions if one.state is OccasionState.PLANNED and one.ends_at > now]
    first = min(coming, key=lambda one: (one.starts_at, one.id), default=None)
    return replace(it, next_at=first.starts_at if first else None, next_until=first.ends_at if first else None)


def _left_out(text: str, key: str) -> str:
    if not text:
        return ""
    content = read(text)
    schedule = content.schedule
    exceptions = (*(one for one in schedule.exceptions if one != key), key)
    return text_of(msgspec.structs.replace(content, schedule=msgspec.structs.replace(schedule, exceptions=exceptions)))


def _alive(it: CityEvent) -> None:
    if it.state is State.CANCELLED:
        raise _over(it)


def _over(it: CityEvent) -> DomainError:
    return precondition("EVENT_CANCELLED", "It was called off, and stays so; write another.", state=it.state.value)


def _next(it: CityEvent, now: datetime) -> CityEvent:
    return replace(it, version=it.version + 1, updated_at=now)
