"""Makes the network of a day: its own services, those of the day before that run past 24:00, and the next morning's.

Pure.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from services.living.timetable import calendar, clock
from services.living.timetable.footpaths import footpaths_of
from services.living.timetable.lines import headway_lines, scheduled_lines
from services.living.timetable.mirror import turned_round
from services.living.timetable.model import Bools, Feed, Ints, Wheelchair
from services.living.timetable.network import EARLY, Footpaths, Network
from services.living.timetable.patterns import Patterns, patterns
from services.living.timetable.ranges import by_stop

NEXT_MORNING_S = 12 * 3_600
"""Trips of the next day are there when they leave before noon: whoever misses the last bus takes the first."""


@dataclass(frozen=True)
class Timetable:
    """A feed, prepared once for all its days."""

    feed: Feed
    patterns: Patterns
    ways: tuple[Footpaths, Footpaths]
    """All ways on foot between stops, and the same by the stop that they lead to."""
    step_free_ways: tuple[Footpaths, Footpaths]
    step_free_stops: Bools
    """Stops known to be accessible, by themselves or by their station."""
    step_free_trips: Bools

    def network(self, day: date, *, step_free: bool = False) -> Network:
        """What runs on a day; ``step_free``, only what is known to be accessible."""
        runs = _runs(self, day)
        frequencies = _frequencies(self, day)
        if step_free:
            runs = runs[self.step_free_trips[runs[:, 0]]]
            frequencies = frequencies[self.step_free_trips[frequencies[:, 0]]]
        usable = self.step_free_stops if step_free else np.ones(len(self.feed.stops), np.bool_)
        scheduled = scheduled_lines(self.patterns, runs[:, 0], runs[:, 1], usable)
        headways = headway_lines(self.patterns, frequencies, usable)
        ways, _ = self.step_free_ways if step_free else self.ways
        stops = len(self.feed.stops)
        return Network(stops, scheduled, headways, ways, by_stop(scheduled.stop, stops), by_stop(headways.stop, stops))

    def runs_on(self, day: date, network: Network) -> bool:
        """Whether anything sets out on a day, by its network: that has the night before and the next morning, too."""
        net, often = network.scheduled, network.headways.start
        end = clock.shift(day + timedelta(days=1), day, self.feed.timezone)
        begins = self.patterns.times.departure[self.patterns.first[net.trip]] + net.shift
        return bool(((begins >= 0) & (begins < end)).any() or ((often >= 0) & (often < end)).any())


def timetable(feed: Feed) -> Timetable:
    """Prepares a feed."""
    stops, trips = feed.stops, feed.trips
    step_free_stops = np.array([_step_free(feed, number) for number in range(len(stops))], np.bool_)
    step_free_trips = np.array([one.wheelchair == Wheelchair.YES for one in trips], np.bool_)
    ways, step_free_ways = footpaths_of(feed), footpaths_of(feed, step_free=True)
    return Timetable(
        feed,
        patterns(feed),
        (ways, turned_round(ways, len(stops))),
        (step_free_ways, turned_round(step_free_ways, len(stops))),
        step_free_stops,
        step_free_trips,
    )


def _step_free(feed: Feed, number: int) -> bool:
    """A platform that says nothing is as its station is."""
    stop = feed.stops[number]
    if stop.wheelchair == Wheelchair.UNKNOWN and stop.parent >= 0:
        stop = feed.stops[stop.parent]
    return stop.wheelchair == Wheelchair.YES


def _around(table: Timetable, day: date) -> list[tuple[Bools, int]]:
    """Of the day before, the day and the next: which trips run, and how many seconds their day begins after this."""
    feed = table.feed
    service = np.array([one.service for one in feed.trips], np.int64)
    usable = table.patterns.pattern >= 0
    found = []
    for away in (-1, 0, 1):
        other = day + timedelta(days=away)
        running = calendar.running(feed, other)
        found.append((running[service] & usable if len(service) else usable, clock.shift(other, day, feed.timezone)))
    return found


def _runs(table: Timetable, day: date) -> Ints:
    """Rows ``(trip, shift)`` of all scheduled trips that call anywhere from the day's second 0 to the next noon."""
    feed, times, first = table.feed, table.patterns.times, table.patterns.first
    repeated = np.zeros(len(feed.trips), np.bool_)
    repeated[[one.trip for one in feed.frequencies]] = True
    rows = []
    for running, shift in _around(table, day):
        own = np.flatnonzero(running & ~repeated)
        rows.append(np.stack([own, np.full(len(own), shift)], axis=1))
        for one in feed.frequencies:
            if one.exact and running[one.trip]:
                starts = np.arange(one.start, one.end, one.headway)
                shifts = starts - times.departure[first[one.trip]] + shift
                rows.append(np.stack([np.full(len(shifts), one.trip), shifts], axis=1))
    runs = np.concatenate(rows).astype(np.int64)
    begins = times.departure[first[runs[:, 0]]] + runs[:, 1]
    ends = times.arrival[first[runs[:, 0] + 1] - 1] + runs[:, 1]
    latest = clock.shift(day + timedelta(days=1), day, feed.timezone) + NEXT_MORNING_S
    return runs[(ends >= 0) & (begins < latest) & (begins > -EARLY)]


def _frequencies(table: Timetable, day: date) -> Ints:
    """Rows ``(trip, start, end, headway)`` of the trips known by their headway, in the day's seconds."""
    rows = []
    for running, shift in _around(table, day):
        rows += [
            (one.trip, one.start + shift, one.end + shift, one.headway)
            for one in table.feed.frequencies
            if not one.exact and running[one.trip]
        ]
    made = np.array(rows, np.int64).reshape(-1, 4)
    if not len(made):
        return made
    times, first = table.patterns.times, table.patterns.first
    takes = times.arrival[first[made[:, 0] + 1] - 1] - times.departure[first[made[:, 0]]]
    latest = clock.shift(day + timedelta(days=1), day, table.feed.timezone) + NEXT_MORNING_S
    return made[(made[:, 2] + takes >= 0) & (made[:, 1] < latest)]
