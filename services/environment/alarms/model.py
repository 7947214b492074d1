"""An alarm: one episode of a rule, opened once and cleared once. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from uuid import UUID


class Kind(Enum):
    """What a rule looks at, and its alarms are about."""

    THRESHOLD = "threshold"
    RATE = "rate"
    SILENCE = "silence"
    STUCK = "stuck"


class End(Enum):
    """Why an alarm is over."""

    READINGS = "readings"
    RULE_PAUSED = "rule_paused"
    THING_RETIRED = "thing_retired"


@dataclass(frozen=True)
class About:
    """What an alarm is about, as it was when it opened. ``area`` is a Kemendagri code, ``unit`` UCUM."""

    rule: UUID
    rule_name: str
    kind: Kind
    datastream: UUID
    unit: str
    thing: UUID
    thing_code: str
    thing_name: str
    area: str
    made_up: bool


@dataclass(frozen=True)
class Alarm(About):
    """One of them. ``opened_at`` and ``cleared_at`` are when the readings that did it were measured.

    ``created_at`` and ``ended_at`` are when the platform knew. ``value`` is None where silence opened it.
    """

    id: UUID
    value: float | None
    opened_at: datetime
    created_at: datetime
    lasting: int = 1
    """1 while it is open, 0 when it is over: lists are sorted by it."""
    cleared_at: datetime | None = None
    ended_at: datetime | None = None
    ending: End | None = None

    @property
    def open(self) -> bool:
        """Whether it lasts."""
        return bool(self.lasting)


def cleared(alarm: Alarm, at: datetime, now: datetime, end: End = End.READINGS) -> Alarm:
    """The alarm, over."""
    return replace(alarm, lasting=0, cleared_at=at, ended_at=now, ending=end)
