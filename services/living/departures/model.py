"""What is asked of a stop's departures and what is answered. Pure; moments are seconds since 1970 (UTC)."""

from enum import StrEnum

from msgspec import Struct

from services.living.present.model import Closure

SPARE = 20
"""So many more than are asked for the timetable is read for: of some their vehicles have passed early, or come late."""


class Basis(StrEnum):
    """What a departure rests on."""

    SCHEDULED = "scheduled"
    """The feed's timetable."""
    HEADWAY = "headway"
    """The line runs every so often; no departure is known."""
    LIVE = "live"
    """A vehicle that has told where it is a moment ago."""


class Question(Struct, frozen=True):
    """At which stop, and from when on."""

    stop: str
    at: int
    window_s: int = 7_200
    most: int = 20
    timetable_only: bool = False
    """Whether it is also told what is closed, and of what is late when it ought to leave."""


class Departure(Struct, frozen=True):
    """A vehicle that leaves, or a line that runs by headway."""

    basis: Basis
    stop: str
    platform: str
    route: str
    line: str
    line_name: str
    color: str
    kind: int
    headsign: str
    trip: str
    time: int
    """When it leaves; by headway, when one leaves at the latest."""
    headway: int = 0
    first: int = 0
    """By headway: when the first and the last of them leave."""
    last: int = 0
    arrange: int = 0
    """2: to be arranged by phone, 3: with the driver."""
    wheelchair: int = 0
    planned: int = 0
    """Live: when the timetable has it; 0 of a line by headway."""
    told: int = 0
    """Live: when the vehicle told where it is, or its operator how late it is."""
    uncertainty: int = 0
    """Live: by how many seconds the time may be wrong, nine times out of ten."""
    vehicle: str = ""
    simulated: bool = False
    begins: int = 0
    """When its run ought to leave the first stop, by which runs of a trip are told apart; 0 of a line by headway."""
    due: int = 0
    """When the timetable has it, by which calls of a run are told apart; 0 of a line by headway."""
    trip_headsign: str = ""
    """Where its trip says that it goes, where the stop says it in its own words; else empty."""
    said_at: int = -1
    """Of a headsign that the stop has of its own, the stop's sequence in the trip; below 0 where it is the trip's."""


class Line(Struct, frozen=True):
    """A line as boards show it."""

    long_name: str = ""
    color: str = ""
    kind: int = 3


class Answer(Struct, frozen=True):
    """Departures by their time."""

    departures: tuple[Departure, ...] = ()
    known: bool = True
    """Whether there is such a stop."""
    covered: bool = True
    """Whether the day lies within the feed's service."""
    runs: bool = True
    """Whether anything runs in the feed on this day."""
    days: tuple[str, ...] = ()
    """The first and the last day of the feed's service."""
    platforms: dict[str, str] = {}
    """The stop, or all platforms of the station, with what they are called as such."""
    lines: dict[str, Line] = {}
    """Those that call there on this day, by their ids."""
    shut: tuple[Closure, ...] = ()
    """Where and when lines that call there on this day take nobody: at the stop, or from there to the next."""
