"""Levels of warning, and the criteria by which they are raised, changed and ended. Pure rules.

Levels have names and never numbers: local numbering runs both ways (Jakarta's Siaga 1 is its worst, elsewhere it is the
first).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from enum import Enum


class Level(Enum):
    """How grave it is, the least first."""

    WASPADA = "waspada"
    SIAGA = "siaga"
    AWAS = "awas"

    @property
    def rank(self) -> int:
        """For comparing, never for showing."""
        return _RANKS[self]


_RANKS = {level: rank for rank, level in enumerate(Level)}


class Hazard(Enum):
    """What is warned of."""

    FLOOD = "flood"
    ROB = "rob"
    """Tidal flood."""


class Step(Enum):
    """What can be done with a warning."""

    RAISE = "raise"
    """Put it in force."""
    UPDATE = "update"
    """Change its level, or how long it holds."""
    CLEAR = "clear"
    """Give the all clear."""
    CANCEL = "cancel"
    """Take back what was a mistake."""


@dataclass(frozen=True)
class Criterion:
    """A rule of a gauge's datastream means a level in its zone while its alarm is open."""

    thing: str
    datastream: str
    rule: str
    level: Level


@dataclass(frozen=True)
class Zone:
    """The kelurahan that the criteria of one zone govern, as the city lists them: never the nearest to a gauge."""

    id: str
    hazard: Hazard
    name_id: str
    name_en: str
    areas: tuple[str, ...]
    """Kemendagri codes."""
    criteria: tuple[Criterion, ...]
    source: str
    made_up: bool


@dataclass(frozen=True)
class Night:
    """The hours (city time) in which one officer alone may do more, and what."""

    since: time
    until: time
    steps: frozenset[Step]
    levels: frozenset[Level]
    """The levels from which and to which."""

    def covers(self, at: time) -> bool:
        """Whether a time of the day (city time) is in the night."""
        if self.since <= self.until:
            return self.since <= at < self.until
        return at >= self.since or at < self.until


@dataclass(frozen=True)
class Criteria:
    """All that the city has published. Without zones nothing rises by itself."""

    agencies: tuple[str, ...] = ()
    """Those whose officers act on warnings."""
    sender: str = ""
    """The name in the domain system by which others know our messages."""
    sender_name: str = ""
    contact: str = ""
    raises: frozenset[Level] = frozenset()
    """Up to these levels a warning rises without a human."""
    lowers: frozenset[Level] = frozenset()
    """From these levels it falls, down to all clear, without a human."""
    hours: int = 6
    """For how long a warning holds that rises without a human; while its alarm is open it is extended."""
    clear_minutes: int = 60
    """For how long an all clear is shown."""
    night: Night | None = None
    zones: tuple[Zone, ...] = ()

    def zone(self, identity: str) -> Zone | None:
        """The zone of that id."""
        return next((one for one in self.zones if one.id == identity), None)

    def gauges(self, thing: str) -> bool:
        """Whether a thing is a gauge of any zone."""
        return any(one.thing == thing for zone in self.zones for one in zone.criteria)

    def meaning(self, thing: str, datastream: str, rule: str) -> list[tuple[Zone, Level]]:
        """What an alarm of a rule means: a level in each zone that has a criterion for it."""
        return [
            (zone, one.level)
            for zone in self.zones
            for one in zone.criteria
            if (one.thing, one.datastream, one.rule) == (thing, datastream, rule)
        ]

    def alone(self, step: Step, levels: Sequence[Level], at: time) -> bool:
        """Whether one officer alone may take a step now, between these levels. ``at`` is the city's time of day."""
        night = self.night
        return night is not None and night.covers(at) and step in night.steps and night.levels.issuperset(levels)


def highest(levels: Mapping[str, Level] | Sequence[Level]) -> Level | None:
    """The gravest of levels; None of none."""
    given = levels.values() if isinstance(levels, Mapping) else levels
    return max(given, key=lambda one: one.rank, default=None)
