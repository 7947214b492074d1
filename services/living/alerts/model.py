"""A service alert: what it says, when it holds, and what it closes. Pure rules.

The words are those of GTFS Realtime. Ids are the timetable's own; what the timetable that holds does not have is not
touched, and is touched again when it comes back.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import lru_cache
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from msgspec import Struct

from services.kit.errors import invalid, precondition

EVENT_TOLD = timedelta(days=7)
"""How long before a city event passengers are told of it."""
NEXT = 20
"""Dates of a city event that are shown; its alert holds on more."""
MOST, MOST_OF_FEED = 1_000, 200
"""Alerts that are told at once: of the city's own, and of each feed of an operator."""
_NO_ADDRESS = re.compile(r"[\s\\<>\"]")
"""What no address holds; browsers read a backslash as a slash."""


class State(Enum):
    """Where an alert stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ENDED = "ended"


class Origin(Enum):
    """Where it comes from."""

    OFFICERS = "officers"
    WARNING = "warning"
    OPERATOR = "operator"
    EVENT = "event"


class Step(Enum):
    """What was done with it."""

    DRAFTED = "drafted"
    CHANGED = "changed"
    PUBLISHED = "published"
    ENDED = "ended"


class Cause(Enum):
    """Why."""

    UNKNOWN = "unknown"
    OTHER = "other"
    TECHNICAL_PROBLEM = "technical_problem"
    STRIKE = "strike"
    DEMONSTRATION = "demonstration"
    ACCIDENT = "accident"
    HOLIDAY = "holiday"
    WEATHER = "weather"
    MAINTENANCE = "maintenance"
    CONSTRUCTION = "construction"
    POLICE_ACTIVITY = "police_activity"
    MEDICAL_EMERGENCY = "medical_emergency"
    SPECIAL_EVENT = "special_event"


class Effect(Enum):
    """What follows."""

    NO_SERVICE = "no_service"
    REDUCED_SERVICE = "reduced_service"
    SIGNIFICANT_DELAYS = "significant_delays"
    DETOUR = "detour"
    ADDITIONAL_SERVICE = "additional_service"
    MODIFIED_SERVICE = "modified_service"
    OTHER_EFFECT = "other_effect"
    UNKNOWN_EFFECT = "unknown_effect"
    STOP_MOVED = "stop_moved"
    NO_EFFECT = "no_effect"
    ACCESSIBILITY_ISSUE = "accessibility_issue"


class Severity(Enum):
    """How grave it is."""

    INFO = "info"
    WARNING = "warning"
    SEVERE = "severe"


class Period(Struct, frozen=True):
    """When it holds, in seconds since 1970 (UTC); 0 where it has no beginning or no end."""

    start: int = 0
    end: int = 0

    def meets(self, begin: int, finish: int) -> bool:
        """Whether it holds at any time between two, the second among them."""
        return self.start <= finish and (not self.end or begin < self.end)


class Entity(Struct, frozen=True):
    """What it is about. ``begin`` and ``finish`` are the stops of a stretch, which may have others between."""

    agency: str = ""
    route: str = ""
    stop: str = ""
    begin: str = ""
    finish: str = ""
    closes: bool = False

    @property
    def sound(self) -> bool:
        """Whether it names one thing: an agency, a line, a stop, a line's stop, or a stretch."""
        if self.agency:
            return not (self.route or self.stop or self.begin or self.finish or self.closes)
        if self.begin or self.finish:
            return bool(self.begin and self.finish and not self.stop) and self.begin != self.finish
        return bool(self.route or self.stop)


class Detour(Struct, frozen=True):
    """How a line goes meanwhile."""

    route: str
    skipped: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    note: str = ""
    note_en: str = ""


class Content(Struct, frozen=True):
    """What an alert says."""

    cause: Cause
    effect: Effect
    severity: Severity
    header: str
    periods: tuple[Period, ...] = ()
    entities: tuple[Entity, ...] = ()
    detours: tuple[Detour, ...] = ()
    header_en: str = ""
    description: str = ""
    description_en: str = ""
    url: str = ""
    areas: tuple[str, ...] = ()
    """Kelurahan: it is about all stops there, and all lines that cross them, of whatever timetable holds."""
    level: str = ""
    """Of the warning that it comes from."""
    closes_areas: bool = False

    @property
    def closes(self) -> bool:
        """Whether it closes anything while it holds."""
        return self.closes_areas or any(one.closes for one in self.entities) or any(one.skipped for one in self.detours)

    @property
    def over_at(self) -> datetime | None:
        """When its last period ends; None where it ends by no time."""
        if not self.periods or any(not one.end for one in self.periods):
            return None
        return datetime.fromtimestamp(max(one.end for one in self.periods), UTC)


@dataclass(frozen=True)
class Alert:
    """One of them. Times are UTC; ``content`` is ``Content`` as JSON."""

    id: UUID
    version: int
    state: State
    origin: Origin
    source: str
    """The warning it comes from, or the operator's feed and its entity; empty: officers wrote it."""
    exercise: bool
    content: str
    correlation: str
    created_at: datetime
    updated_at: datetime
    over_at: datetime | None = None
    published_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def said(self) -> Content:
        """What it says."""
        return _read(self.content)

    def near(self, now: datetime) -> bool:
        """Whether passengers should hear of it by now: of a city event a week before its next date."""
        if self.origin is not Origin.EVENT:
            return True
        soon = int((now + EVENT_TOLD).timestamp())
        return any(one.start <= soon and one.end > int(now.timestamp()) for one in self.said.periods)

    def periods(self, now: datetime) -> tuple[Period, ...]:
        """When it holds, as it is told by now: its periods, of a city event the next; of a warning's alert, until the
        warning runs out.
        """
        periods, over = self.said.periods, int(self.over_at.timestamp()) if self.over_at else 0
        if self.origin is Origin.EVENT:
            coming = tuple(one for one in periods if one.end > now.timestamp())
            return coming[:NEXT] or periods[-NEXT:]
        return periods or ((Period(0, over),) if over else ())

    def holds(self, now: datetime) -> bool:
        """Whether it is told and holds at a moment."""
        return self.meets(int(now.timestamp()), int(now.timestamp()))

    def meets(self, begin: int, finish: int) -> bool:
        """Whether it is told and holds at any time between two, in seconds since 1970."""
        if self.state is not State.PUBLISHED or (self.over_at is not None and begin >= self.over_at.timestamp()):
            return False
        periods = self.said.periods
        return not periods or any(one.meets(begin, finish) for one in periods)

    @property
    def closes(self) -> bool:
        """Whether it closes anything while it holds; a drill does not."""
        return not self.exercise and self.said.closes


@dataclass(frozen=True)
class Change:
    """A step of an alert, and whose; ``by`` is a subject, empty where it went by itself."""

    alert: UUID
    version: int
    step: Step
    by: str
    at: datetime
    reason: str = ""


@lru_cache(maxsize=1_000)
def _read(content: str) -> Content:
    return msgspec.json.decode(content, type=Content)


def written(content: Content) -> str:
    """What an alert says, as it is kept."""
    return msgspec.json.encode(content).decode()


def leads_somewhere(url: str) -> bool:
    """Whether an address leads where it says: over TLS to the host that is read, with no login put before it."""
    try:
        parts = urlsplit(url)
        return (
            parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc and (parts.port or 1) > 0
            and not _NO_ADDRESS.search(url)
        )  # fmt: skip
    except ValueError:  # a port or an IPv6 address that is none
        return False


def check(content: Content, now: datetime) -> None:
    """Lets pass what officers may say.

    Errors: ALERT_PERIOD_REVERSED, ALERT_PERIOD_OVER, ENTITY_INVALID, URL_INVALID.
    """
    if content.url and not leads_somewhere(content.url):
        message = "Give an address that begins with https:// and names a host, without a login or blanks in it."
        raise invalid("URL_INVALID", message, field="url")
    if any(one.end and one.end <= one.start for one in content.periods):
        raise invalid("ALERT_PERIOD_REVERSED", "A period must end after it begins.", field="periods")
    if content.over_at is not None and content.over_at <= now:
        message = "All periods are over already; let one end later, or leave the end out."
        raise invalid("ALERT_PERIOD_OVER", message, field="periods")
    if not all(one.sound for one in content.entities):
        message = (
            "Each entity names one thing: an agency (which is only told of), a line, a stop, a stop of a line, or a "
            "stretch by its two different ends, from_stop and to_stop."
        )
        raise invalid("ENTITY_INVALID", message, field="entities")


def changed(alert: Alert, content: Content, now: datetime, over_at: datetime | None = None) -> Alert:
    """It says something else. Errors: ALERT_ENDED."""
    _living(alert)
    over = over_at or content.over_at
    return replace(_touched(alert, now), content=written(content), over_at=over)


def published(alert: Alert, now: datetime) -> Alert:
    """It is told. Errors: ALERT_NOT_DRAFT."""
    if alert.state is not State.DRAFT:
        raise precondition("ALERT_NOT_DRAFT", "This alert was published already.", state=alert.state.value)
    return replace(_touched(alert, now), state=State.PUBLISHED, published_at=now)


def ended(alert: Alert, now: datetime) -> Alert:
    """It is over. Errors: ALERT_ENDED."""
    _living(alert)
    return replace(_touched(alert, now), state=State.ENDED, ended_at=now)


def _living(alert: Alert) -> None:
    if alert.state is State.ENDED:
        raise precondition("ALERT_ENDED", "This alert is over; write another.", state=alert.state.value)


def _touched(alert: Alert, now: datetime) -> Alert:
    return replace(alert, version=alert.version + 1, updated_at=now)
