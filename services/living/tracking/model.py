"""What is asked of tracking and what is answered. Pure; moments are seconds since 1970 (UTC), places degrees."""

from msgspec import Struct

MOST_TOGETHER = 100
"""Vehicles of one question: a few milliseconds, so that who asks for departures does not wait for them."""
MOST_CALLS = 40
"""Stops ahead that are told of a vehicle."""
WAITS_M = 80.0
"""So near the first stop a vehicle has not left it."""
CERTAIN_S, GROWTH = 60, 0.18
"""By how much an arrival may be wrong, nine times out of ten: so many seconds, and so much of the time until then.
``tests/living/tracking/test_replay.py`` holds it to what replayed buses did."""


class Before(Struct, frozen=True):
    """What was made of a vehicle last time. ``way`` below 0: nothing, but it was there."""

    at: int
    lat: float
    lon: float
    way: int = -1
    trip: str = ""
    start_day: str = ""
    start_second: int = 0
    metres: float = 0.0


class Sighting(Struct, frozen=True):
    """Where a vehicle was at a time, and what it says of its line; empty where it says nothing."""

    vehicle: str
    at: int
    lat: float
    lon: float
    bearing: float | None = None
    """Degrees clockwise from north; None where it stands, or does not know."""
    route: str = ""
    trip: str = ""
    before: Before | None = None
    agencies: tuple[str, ...] = ()
    """Whose lines it can be on, by the timetable's ids: where that has several agencies, it is on no other's."""


class Question(Struct, frozen=True):
    """Vehicles to be tracked."""

    sightings: tuple[Sighting, ...]


class Call(Struct, frozen=True, array_like=True):
    """A stop ahead."""

    stop: str
    name: str
    arrival: int
    departure: int
    uncertainty: int
    """Seconds, nine times out of ten."""
    boards: bool = True
    planned: int = 0
    """When the timetable has it leave; 0 of a line by headway."""
    sequence: int | None = None
    """The feed's number of the call on its trip; None of what an older process wrote."""
    headsign: str = ""
    """Where it says there that it goes, if that is not what its trip says."""


class Progress(Struct, frozen=True):
    """What is made of a sighting; without a route, nothing."""

    vehicle: str
    route: str = ""
    line: str = ""
    headsign: str = ""
    trip: str = ""
    way: int = -1
    """Number of the stops in their order; it means nothing in another feed."""
    headway: int = 0
    """Seconds between two; 0 of a trip with times of its own."""
    start_day: str = ""
    """Of service, as YYYY-MM-DD."""
    start_second: int = 0
    """Of that day, at which the run left, or should have left, its first stop."""
    metres: float = 0.0
    """From the first stop, straight from stop to stop."""
    elapsed: int = 0
    """Seconds of the timetable from the first stop to there."""
    delay: int | None = None
    """Seconds; None of a line by headway."""
    calls: tuple[Call, ...] = ()


class Answer(Struct, frozen=True):
    """As many as were asked about, in their order."""

    progress: tuple[Progress, ...]


def uncertainty(ahead: int) -> int:
    """By how many seconds an arrival so many seconds ahead may be wrong, nine times out of ten."""
    return round(CERTAIN_S + GROWTH * max(ahead, 0))
