"""What is asked of the planner and what it answers. Pure; moments are seconds since 1970 (UTC)."""

from enum import StrEnum

from msgspec import Struct

FEWEST, MOST = 3, 5
"""Journeys in an answer: further choices are looked for up to the one, none goes beyond the other."""
RANGE_S = 3_600
"""Departures within so much time are looked at."""
VEHICLES = 8
"""Most of a journey."""
TIGHT_S = 120
"""A change with less time than this is tight."""
BY_FOOT_S = 45 * 60
"""A walk all the way is offered up to this long."""


class Missing(StrEnum):
    """Why there is no journey."""

    ORIGIN_UNKNOWN = "origin_unknown"
    TARGET_UNKNOWN = "target_unknown"
    ORIGIN_AMBIGUOUS = "origin_ambiguous"
    TARGET_AMBIGUOUS = "target_ambiguous"
    ORIGIN_FAR = "origin_far"
    """No stop is within reach of it."""
    TARGET_FAR = "target_far"
    SAME_PLACE = "same_place"
    OUTSIDE = "outside"
    """The day lies outside the feed's service."""
    NO_SERVICE = "no_service"
    """Nothing runs on that day."""
    NOT_ACCESSIBLE = "not_accessible"
    """No stop there, or no trip, is known to be accessible."""
    NO_WAY = "no_way"
    CLOSED = "closed"
    """There would be a way, were it not closed at present."""


class Choice(StrEnum):
    """Why a journey is among those that are shown."""

    BEST = "best"
    """None arrives earlier; none leaves later, for who wants to arrive by a time."""
    FEWER_CHANGES = "fewer_changes"
    ANOTHER_TIME = "another_time"
    """It leaves later, or earlier for who wants to arrive by a time."""
    ON_FOOT = "on_foot"
    OTHER_LINES = "other_lines"
    LESS_WALKING = "less_walking"
    OTHER_STOPS = "other_stops"
    """The same lines, from, over or to others."""


class Place(Struct, frozen=True):
    """Words, or a point where there are none."""

    words: str = ""
    lat: float = 0.0
    lon: float = 0.0


class Question(Struct, frozen=True):
    """From where to where, and when."""

    origin: Place
    target: Place
    at: int
    arrive_by: bool = False
    vehicles: int = 5
    step_free: bool = False
    range_s: int = RANGE_S


class Spot(Struct, frozen=True):
    """A stop; or a point, which has no id."""

    id: str
    name: str
    lat: float
    lon: float
    platform: str = ""
    wheelchair: int = 0


class Call(Struct, frozen=True):
    """A stop that a vehicle calls at."""

    spot: Spot
    arrival: int
    departure: int


class Leg(Struct, frozen=True):
    """A part of a journey: on foot, or in one vehicle."""

    start: int
    end: int
    origin: Spot
    target: Spot
    metres: int = 0
    """On foot."""
    basis: int = 0
    """On foot, what the time rests on (``kinds.WayKind``)."""
    route: str = ""
    line: str = ""
    line_name: str = ""
    color: str = ""
    kind: int = 0
    trip: str = ""
    headsign: str = ""
    shape: int = -1
    headway: int = 0
    """Seconds between two vehicles, where no departure is known."""
    ready: int = 0
    """When one is at the stop."""
    calls: tuple[Call, ...] = ()
    """All stops of the ride, the first and the last among them."""
    tight: bool = False
    """Whether there is little time to change into it."""
    last: bool = False
    """Whether it is a line's last by headway, which may have left already."""
    arrange_pickup: int = 0
    """2 by phone, 3 with the driver."""
    arrange_drop_off: int = 0
    live: bool = False
    """Whether its times are told live, and not by the timetable."""
    late: int = 0
    """Seconds by which it leaves later than by the timetable; below 0 where it is early."""
    said_at: int = -1
    """Of a headsign that the stop has of its own, the stop's sequence in the trip; below 0 where it is the trip's."""

    @property
    def rides(self) -> bool:
        """Whether it is in a vehicle."""
        return bool(self.trip)


class Journey(Struct, frozen=True):
    """A way from here to there."""

    start: int
    end: int
    legs: tuple[Leg, ...]
    choice: Choice = Choice.BEST
    further: bool = False
    """Whether it is shown beside those that nothing beats, so that there is a choice."""

    @property
    def rides(self) -> tuple[Leg, ...]:
        """Those of its legs that are in vehicles."""
        return tuple(leg for leg in self.legs if leg.rides)

    @property
    def metres(self) -> int:
        """On foot altogether."""
        return sum(leg.metres for leg in self.legs)

    @property
    def vehicles(self) -> int:
        """How many are boarded."""
        return sum(leg.rides for leg in self.legs)

    @property
    def transfers(self) -> int:
        """How often one changes."""
        return max(0, self.vehicles - 1)


class Answer(Struct, frozen=True):
    """Journeys by their departure, or why there are none."""

    journeys: tuple[Journey, ...] = ()
    missing: Missing | None = None
    among: tuple[str, ...] = ()
    """Ids of the stops of which one is meant, where a name is ambiguous; or the first and last day of the feed."""
    origin: Spot | None = None
    target: Spot | None = None
    avoided: tuple[str, ...] = ()
    """Ids of the alerts that close what one would have used otherwise."""
