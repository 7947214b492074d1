"""Small feeds whose vehicles are tracked, and buses that are replayed on them."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from msgspec import structs

from services.living.timetable import clock
from services.living.timetable.day import timetable
from services.living.timetable.days import Days
from services.living.timetable.model import Feed, Frequency, Route, Service, Stop, StopTimes, Trip
from services.living.tracking.model import Before, Progress, Question, Sighting
from services.living.tracking.running import Tracker, tracker

DAY = date(2026, 3, 2)
ZONE = "Asia/Jakarta"
H = 3_600
STOPS, APART_M, STEP_S = 11, 500.0, 90
"""Stops of a line in a row from west to east, metres between two, and seconds of the timetable."""
_LON_M = 111_195.0


def lon(metres: float) -> float:
    """The longitude of a place on the line."""
    return 110.0 + metres / _LON_M


def town(often: str = "", timed: str = "") -> Tracker:
    """Two lines along a street: ``often`` each ten minutes, there and back; ``timed`` by a timetable, also at night.

    Each of its agency.
    """
    stops = [Stop(f"s{number}", f"Stop {number}", 0.0, lon(number * APART_M)) for number in range(STOPS)]
    trips = [Trip("there", 0, 0, "East"), Trip("back", 0, 0, "West")]
    trips += [Trip("nine", 1, 0, "East"), Trip("night", 1, 0, "East")]
    rows = [(0, number, number * STEP_S, number * STEP_S, 0, 0) for number in range(STOPS)]
    rows += [(1, STOPS - 1 - number, number * STEP_S, number * STEP_S, 0, 0) for number in range(STOPS)]
    rows += [(2, number, 9 * H + number * STEP_S, 9 * H + number * STEP_S, 0, 0) for number in range(STOPS)]
    rows += [(3, number, 25 * H + number * STEP_S, 25 * H + number * STEP_S, 0, 0) for number in range(STOPS)]
    each = [Frequency(0, 6 * H, 20 * H, 600), Frequency(1, 6 * H, 20 * H, 600)]
    service = [Service(frozenset({0}), DAY, DAY)]
    feed = Feed(
        ZONE,
        stops,
        [Route("often", agency=often), Route("timed", agency=timed)],
        trips,
        service,
        StopTimes.of(rows),
        each,
    )
    return tracker(Days(timetable(feed)))


def at(hours: float) -> int:
    """The moment so many hours into the day, in seconds since 1970."""
    return clock.zero(DAY, ZONE) + round(hours * H)


def moment(seconds: int) -> datetime:
    """The same as a moment."""
    return clock.at(seconds)


class Driver:
    """A vehicle that is looked at again and again; what was made of it is remembered as the pillar does."""

    def __init__(self, tracking: Tracker, *, route: str = "", trip: str = "", agencies: tuple[str, ...] = ()) -> None:
        """It says which line it drives, or nothing; ``agencies`` are those whose lines it can be on."""
        self._tracker, self._route, self._trip, self._agencies = tracking, route, trip, agencies
        self.before: Before | None = None

    def at(self, second: int, metres: float, *, lat: float = 0.0, bearing: float | None = None) -> Progress:
        """Where it is on the street at a moment."""
        sighting = Sighting("bus", second, lat, lon(metres), bearing, self._route, self._trip, self.before)
        sighting = structs.replace(sighting, agencies=self._agencies)
        (made,) = self._tracker.track(Question((sighting,))).progress
        here = (second, lat, lon(metres))
        self.before = (
            Before(*here, made.way, made.trip, made.start_day, made.start_second, made.metres)
            if made.route
            else Before(*here)
        )
        return made


class Drive(NamedTuple):
    """Where a bus is, a moment after the other."""

    second: int
    metres: float


def drive(begin: int, speeds: Iterator[float], every: int = 10) -> Iterator[Drive]:
    """A bus along the line at these speeds (metres a second), each for so many seconds, until the last stop."""
    second, metres = begin, 0.0
    while metres < (STOPS - 1) * APART_M:
        yield Drive(second, metres)
        second, metres = second + every, metres + next(speeds) * every
