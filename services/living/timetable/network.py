"""What runs on a day, as the arrays that a search reads.

A *line* is here the trips of one pattern that do not overtake each other, in their order; a *call* is a line's stop at
its place in the line, so a loop calls twice at a stop. ``departures`` has for each call, one after the other, the
departures of the line's trips; being one sorted array of ``call << 21 | second``, one binary search finds the next
departure of any number of calls at once. Trips known by their headway alone are lines of their own, without departures.
Pure.
"""

from dataclasses import dataclass

import numpy as np

from services.living.timetable.model import Bools, Ints, Shorts

TIME_BITS = 21
EARLY = 1 << 19
"""Added to seconds, so that a departure of the night before is no negative number: six days."""
NEVER = (1 << TIME_BITS) - EARLY - 1
"""Later than any departure: 18 days."""


@dataclass(frozen=True)
class Scheduled:
    """Lines whose departures are known."""

    stop: Ints
    """By call."""
    line: Ints
    """By call; the calls of a line follow each other."""
    board: Bools
    """By call: whether one gets on there."""
    alight: Bools
    first_call: Ints
    """By line, and one more at the end."""
    first_departure: Ints
    """By call, and one more at the end: where its departures begin."""
    departures: Ints
    """By call and trip: ``call << 21 | second + EARLY``, sorted."""
    arrivals: Shorts
    """By call and trip: the second."""
    first_run: Ints
    """By line: where its trips begin in ``trip`` and ``shift``."""
    trip: Ints
    """By run: the feed's trip."""
    shift: Ints
    """By run: seconds between the trip's own times and this day's."""
    parts: tuple[Ints, Ints] | None = None
    """Where lines are interrupted: by call its part, and where each part begins with one more at the end."""
    live: int | None = None
    """The first of the lines whose times are told live; all that follow are, too."""
    told: tuple[int, ...] = ()
    """By such line, of which each has one run: when an operator told it, in seconds since 1970; 0: none did."""

    @property
    def ridden(self) -> tuple[Ints, Ints]:
        """By call, within what one can stay in the vehicle, and where each of those begins: lines, or their parts."""
        return self.parts or (self.line, self.first_call)


@dataclass(frozen=True)
class Headways:
    """Lines whose headway is known and no departure: from ``start`` to ``end`` at the first stop."""

    stop: Ints
    line: Ints
    board: Bools
    alight: Bools
    first_call: Ints
    arrival: Ints
    """By call: seconds after the first stop's departure."""
    departure: Ints
    start: Ints
    """By line."""
    end: Ints
    headway: Ints
    trip: Ints
    parts: tuple[Ints, Ints] | None = None

    @property
    def ridden(self) -> tuple[Ints, Ints]:
        """As of those whose departures are known."""
        return self.parts or (self.line, self.first_call)


@dataclass(frozen=True)
class Footpaths:
    """Ways on foot between stops, by the stop they begin at."""

    first: Ints
    """By stop, and one more at the end."""
    target: Ints
    seconds: Ints
    metres: Ints
    kind: Ints
    """Of ``kinds.WayKind``."""
    change: Ints
    """By stop: seconds between two vehicles at the same stop; NEVER where the feed forbids to change there."""


@dataclass(frozen=True)
class Network:
    """A day's lines and the ways between their stops."""

    stops: int
    scheduled: Scheduled
    headways: Headways
    footpaths: Footpaths
    calls_at: tuple[Ints, Ints]
    """Scheduled calls by stop: where each stop's begin, and the calls."""
    headway_calls_at: tuple[Ints, Ints]
    backwards: bool = False
    """Whether it is a mirror: all seconds negative, all ways the other way round (``mirror.py``)."""

    @property
    def bytes(self) -> int:
        """How much memory its arrays take."""
        arrays = [
            one
            for part in (self.scheduled, self.headways, self.footpaths)
            for one in vars(part).values()
            if isinstance(one, np.ndarray)
        ]
        return sum(one.nbytes for one in [*arrays, *self.calls_at, *self.headway_calls_at])
