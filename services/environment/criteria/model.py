"""Levels of warning, and the criteria by which they are raised, changed and ended. Pure rules.

Levels have names and never numbers: local numbering runs both ways (Jakarta's Siaga 1 is its worst, elsewhere it is the
first). The structs are what ``warnings.toml`` of a city says, as it says it.
"""

from collections.abc import Iterable, Sequence
from datetime import time
from enum import Enum
from typing import Annotated

from msgspec import Meta, Struct

from services.kit.city.model import AreaCode, Identifier, Text


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


class Criterion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule of a gauge's datastream means a level in its zone while its alarm is open."""

    thing: Identifier
    datastream: Text
    rule: Identifier
    level: Level

    @property
    def names(self) -> tuple[str, str, str]:
        """Of the thing, its datastream and the rule."""
        return self.thing, self.datastream, self.rule


class Zone(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The kelurahan that the criteria of one zone govern, as the city lists them: never the nearest to a gauge."""

    id: Identifier
    hazard: Hazard
    name_id: Text
    name_en: Text
    areas: tuple[AreaCode, ...]
    """Kemendagri codes."""
    source: Text
    made_up: bool
    criteria: tuple[Criterion, ...]

    @property
    def things(self) -> list[str]:
        """Codes of the gauges that govern it."""
        return sorted({one.thing for one in self.criteria})

    def level_of(self, thing: str, datastream: str, rule: str) -> Level | None:
        """The level that an alarm of a rule means here; None where no criterion names it."""
        wanted = (thing, datastream, rule)
        return next((one.level for one in self.criteria if one.names == wanted), None)


class Automatic(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What gauges may do without a human."""

    raises: frozenset[Level]
    """To these levels a warning rises: all from the least up to one."""
    lowers: frozenset[Level] = frozenset()
    """From these levels it falls, down to all clear."""
    hours: Annotated[int, Meta(ge=1, le=72)]
    """For how long a warning holds that rises without a human; while its alarm is open it is extended."""
    clear_minutes: Annotated[int, Meta(ge=5, le=720)]
    """For how long an all clear is shown."""

    def reaches(self, level: Level) -> Level | None:
        """The gravest level that may rise without a human at or below another; None where none may."""
        return highest(one for one in self.raises if one.rank <= level.rank)

    def needs_officer(self, level: Level) -> bool:
        """Whether a warning that a gauge asks for gets to a level only when an officer approves it."""
        return level not in self.raises


class Night(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
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


class Criteria(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that the city has published. Without zones nothing rises by itself."""

    agencies: tuple[Identifier, ...]
    """Those whose officers act on warnings."""
    sender: Annotated[str, Meta(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+\Z")]
    """The name in the domain system by which others know our messages."""
    sender_name: Text
    contact: str = ""
    automatic: Automatic
    night: Night | None = None
    zones: tuple[Zone, ...] = ()

    @property
    def warns(self) -> bool:
        """Whether anybody, or any gauge, can ever give a warning here."""
        return bool(self.agencies or (self.zones and self.automatic.raises))

    def zone(self, identity: str) -> Zone | None:
        """The zone of that id."""
        return next((one for one in self.zones if one.id == identity), None)

    def zones_of(self, thing: str, rule: str) -> list[Zone]:
        """The zones in which a rule of that name of a thing may mean a level."""
        return [zone for zone in self.zones if any((one.thing, one.rule) == (thing, rule) for one in zone.criteria)]

    def alone(self, step: Step, levels: Sequence[Level], at: time) -> bool:
        """Whether one officer alone may take a step now, between these levels. ``at`` is the city's time of day."""
        night = self.night
        return night is not None and night.covers(at) and step in night.steps and night.levels.issuperset(levels)


NONE = Criteria(
    agencies=(), sender="", sender_name="", automatic=Automatic(raises=frozenset(), hours=6, clear_minutes=60)
)
"""Those of a city that has published none: nothing rises by itself, and nobody acts on warnings."""


def highest(levels: Iterable[Level]) -> Level | None:
    """The gravest of levels; None of none."""
    return max(levels, key=lambda one: one.rank, default=None)
