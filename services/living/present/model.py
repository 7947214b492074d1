"""What the planner is told of the present, beside the timetable. Pure; moments are seconds since 1970 (UTC).

All is known by the feed's own ids, so that it holds whatever feed is in memory; what a feed does not have is left out.
"""

from msgspec import Struct

BEFORE_S = AFTER_S = 3 * 3_600
"""Who asks for journeys is led around what is closed within so much time before or after the time that they ask for;
and around what is closed later, where a journey would meet it."""


class Closure(Struct, frozen=True):
    """Something that is closed for a time: a line, a stop, a line's stop, a stretch between two stops in a row, or an
    area that nobody walks through.
    """

    alert: str
    """Who says so, by its id."""
    start: int = 0
    end: int = 0
    """0: without end."""
    route: str = ""
    """Empty: all lines."""
    stop: str = ""
    """A station's are all its platforms."""
    begin: str = ""
    """Of a stretch, the stop before it."""
    finish: str = ""
    outline: bytes = b""
    """Of an area, as WKB in degrees; its lines, stops and stretches are closures of their own."""

    def overlaps(self, begin: int, end: int) -> bool:
        """Whether it is closed at any moment between two, both counted."""
        return self.start <= end and (not self.end or begin < self.end)


class Delay(Struct, frozen=True):
    """How late a trip of a day is. Trips known by their headway alone have none: no departure of theirs is known."""

    trip: str
    day: str
    """Of service, as YYYY-MM-DD."""
    start: int = -1
    """Of a trip that is repeated by a schedule: the second of its day at which this one leaves the first stop."""
    arrivals: tuple[int, ...] = ()
    """Seconds by the trip's calls in their order; the last one counts for those that follow. Early is below 0."""
    departures: tuple[int, ...] = ()
    skipped: tuple[int, ...] = ()
    """Calls, from 0, at which it does not stop."""
    cancelled: bool = False
    told: int = 0
    """When its operator said so; 0: a vehicle of the city says it, and more of itself."""


class Now(Struct, frozen=True):
    """The present."""

    closures: tuple[Closure, ...] = ()
    delays: tuple[Delay, ...] = ()
