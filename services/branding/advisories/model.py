"""An advisory: what it says, what it is about, and when it is over. Pure rules."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from uuid import UUID

from services.kit.errors import invalid, precondition


class State(Enum):
    """Whether it holds."""

    ACTIVE = "active"
    ENDED = "ended"


class Origin(Enum):
    """Where it comes from."""

    OFFICERS = "officers"
    WARNING = "warning"
    AIR = "air"


class Level(Enum):
    """How grave it is."""

    INFO = "info"
    WARNING = "warning"
    SEVERE = "severe"

    @property
    def rank(self) -> int:
        """0 for the mildest."""
        return list(Level).index(self)


@dataclass(frozen=True)
class Advisory:
    """One of them. Times are UTC. It is about a destination, or about all that lie in some areas."""

    id: UUID
    version: int
    state: State
    origin: Origin
    source: str
    """The warning or station that it comes from; empty: officers wrote it."""
    level: Level
    text: str
    text_en: str
    destination: UUID | None
    areas: tuple[str, ...]
    """Kemendagri codes; one of a kecamatan means all kelurahan in it."""
    exercise: bool
    by: str
    story: str
    """Correlation of what it belongs to."""
    created_at: datetime
    updated_at: datetime
    ends_at: datetime | None = None
    by_hand: bool = False
    """Whether officers ended it."""

    def about(self, destination: UUID, area: str) -> bool:
        """Whether a destination in an area is meant."""
        return self.destination == destination or any(area == one or area.startswith(f"{one}.") for one in self.areas)


def check(advisory: Advisory, now: datetime) -> None:
    """Lets pass what officers may tell. Errors: ADVISORY_NOWHERE, ADVISORY_OVER."""
    if (advisory.destination is None) == (not advisory.areas):
        message = "Name a destination, or kelurahan: one of both."
        raise invalid("ADVISORY_NOWHERE", message, field="destination")
    if advisory.ends_at is not None and advisory.ends_at <= now:
        raise invalid("ADVISORY_OVER", "It would be over already; let it end later.", field="end_time")


def ended(advisory: Advisory, now: datetime, *, by_hand: bool = False) -> Advisory:
    """It is over; ``by_hand`` where officers say so. Errors: ADVISORY_ENDED."""
    if advisory.state is State.ENDED:
        raise precondition("ADVISORY_ENDED", "It is over already.", state=advisory.state.value)
    return replace(advisory, state=State.ENDED, version=advisory.version + 1, updated_at=now, by_hand=by_hand)


def stays_ended(advisory: Advisory, level: Level) -> bool:
    """Whether its source says nothing graver than what officers ended."""
    return advisory.by_hand and level.rank <= advisory.level.rank


def of(advisories: Iterable[Advisory], destination: UUID, area: str) -> list[Advisory]:
    """Those that are about a destination, the gravest first."""
    found = [one for one in advisories if one.about(destination, area)]
    return sorted(found, key=lambda one: one.level.rank, reverse=True)
