"""What a timetable is made of: the parts of a GTFS feed that say when and where something runs. Pure.

Rows refer to each other by their index in the feed's lists. Seconds of stop times and frequencies are those of the
service day: since its noon less twelve hours, so they may be past 24:00.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Shorts = NDArray[np.int32]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

UNKNOWN = -1
"""Of a time that the feed leaves out (between two timepoints), or of a parent that there is none of."""


class Wheelchair(IntEnum):
    """Whether a wheelchair can: unknown is not yes."""

    UNKNOWN = 0
    YES = 1
    NO = 2


class Boarding(IntEnum):
    """How one gets on (``pickup_type``) or off (``drop_off_type``): at ``NONE`` nobody does, then by arrangement."""

    REGULAR = 0
    NONE = 1
    PHONE = 2
    DRIVER = 3


class TransferKind(IntEnum):
    """``transfer_type``; those of seated passengers (4, 5) are not read."""

    RECOMMENDED = 0
    TIMED = 1
    MINIMUM = 2
    NOT_POSSIBLE = 3


class Stop(NamedTuple):
    """A stop, a station or another place of it."""

    id: str
    name: str
    lat: float
    lon: float
    kind: int = 0
    """``location_type``: 0 a stop or platform, 1 a station, 2 an entrance, 3 a node, 4 a boarding area."""
    parent: int = UNKNOWN
    wheelchair: int = Wheelchair.UNKNOWN
    platform: str = ""


class Route(NamedTuple):
    """A line."""

    id: str
    short_name: str = ""
    long_name: str = ""
    kind: int = 3
    """``route_type``: 3 is a bus."""
    color: str = ""
    agency: str = ""
    """Whose line it is, by the feed's id."""


class Trip(NamedTuple):
    """A run of a line."""

    id: str
    route: int
    service: int
    headsign: str = ""
    wheelchair: int = Wheelchair.UNKNOWN
    shape: int = UNKNOWN
    """Number of its shape, which is not kept here."""


class Service(NamedTuple):
    """On which days something runs."""

    weekdays: frozenset[int] = frozenset()
    """Monday is 0."""
    start: date = date.max
    end: date = date.min
    added: frozenset[date] = frozenset()
    removed: frozenset[date] = frozenset()

    def runs(self, day: date) -> bool:
        """Whether it does on this day: exceptions win."""
        if day in self.added:
            return True
        return self.start <= day <= self.end and day.weekday() in self.weekdays and day not in self.removed


class Frequency(NamedTuple):
    """A trip that is repeated; ``exact`` by a schedule, else so often that only the headway is known."""

    trip: int
    start: int
    """When the first leaves the trip's first stop."""
    end: int
    headway: int
    exact: bool = False


class Transfer(NamedTuple):
    """What the feed says of changing between two stops; a station stands for all its platforms."""

    origin: int
    target: int
    kind: int
    seconds: int = UNKNOWN


class Pathway(NamedTuple):
    """A way inside a station."""

    origin: int
    target: int
    mode: int
    """2 stairs and 4 escalators are no way for a wheelchair."""
    both_ways: bool
    seconds: int = UNKNOWN
    metres: float = 0.0
    steps: int = 0


@dataclass(frozen=True)
class StopTimes:
    """Rows of ``stop_times.txt`` by trip and sequence; all columns as long as each other."""

    trip: Ints
    stop: Ints
    arrival: Ints
    departure: Ints
    pickup: Ints
    drop_off: Ints
    sequence: Ints
    """The feed's own numbers, which grow along a trip and may have gaps: they tell a loop's calls at a stop apart."""

    @staticmethod
    def of(rows: Sequence[tuple[int, int, int, int, int, int]]) -> "StopTimes":
        """Of rows ``(trip, stop, arrival, departure, pickup, drop_off)``, numbered on by tens."""
        numbered = [(*row, 10 * number) for number, row in enumerate(rows, 1)]
        table = np.array(numbered, dtype=np.int64).reshape(-1, 7)
        return StopTimes(*(np.ascontiguousarray(table[:, column]) for column in range(7)))


@dataclass(frozen=True)
class Headsigns:
    """Where vehicles say at some stops that they go, as far as it is not what their trip says."""

    rows: Ints
    """Of the stop times, ascending."""
    texts: Shorts
    """Of each, which of the words."""
    words: Sequence[str]

    def of(self, row: int) -> str:
        """What is said at a stop time; empty where it is what the trip says."""
        place = int(np.searchsorted(self.rows, row))
        said = place < len(self.rows) and int(self.rows[place]) == row
        return self.words[int(self.texts[place])] if said else ""


NO_HEADSIGNS = Headsigns(np.zeros(0, np.int64), np.zeros(0, np.int32), ())


@dataclass(frozen=True)
class Feed:
    """What is read of a feed."""

    timezone: str
    stops: Sequence[Stop]
    routes: Sequence[Route]
    trips: Sequence[Trip]
    services: Sequence[Service]
    times: StopTimes
    frequencies: Sequence[Frequency] = ()
    transfers: Sequence[Transfer] = ()
    pathways: Sequence[Pathway] = ()
    headsigns: Headsigns = NO_HEADSIGNS

    days: tuple[date, date] | None = field(init=False)
    """The first and the last day on which anything may run; None where nothing ever does."""

    def __post_init__(self) -> None:
        """Finds the days."""
        ruled = [one for one in self.services if one.weekdays and one.start <= one.end]
        extra = [day for one in self.services for day in one.added]
        firsts, lasts = [one.start for one in ruled] + extra, [one.end for one in ruled] + extra
        object.__setattr__(self, "days", (min(firsts), max(lasts)) if firsts else None)
