"""Which run of its line a vehicle drives, and when it comes to its next stops. Pure.

A run of a line by headway has no times of its own: it begins when the vehicle leaves the first stop, and is known by
that. One with times is the run that the vehicle is nearest to in time.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import msgspec
import numpy as np

from services.living.timetable import calendar, clock
from services.living.timetable.days import Days
from services.living.timetable.model import Boarding
from services.living.timetable.network import Network
from services.living.tracking import matching
from services.living.tracking.model import MOST_CALLS, WAITS_M, Answer, Call, Progress, Question, Sighting, uncertainty
from services.living.tracking.ways import Place, Ways, ways

_AGAIN_M = 300.0
"""Who is so far back on the same way drives it once more."""
_ARRIVED_M = 50.0
"""So near the last stop its run is over."""
_FORGOTTEN_S = 1_800
"""After so long what was made of a vehicle before says nothing of now."""
_LATEST_S, _EARLIEST_S = 2_700, 900
"""How late or early a vehicle may be and still be on a run."""


class Run(NamedTuple):
    """A run of a day: the trip, the second at which it leaves the first stop, and its headway where it has one."""

    trip: int
    start: int
    headway: int
    day: str
    second: int
    """The same by the day of service that it belongs to."""


@dataclass(frozen=True)
class Tracker:
    """A feed whose vehicles are tracked."""

    days: Days
    ways: Ways
    trips: dict[str, int]
    routes: dict[str, int]
    agencies: dict[str, set[int]]
    """The ways of each agency's lines; of a feed with one agency nothing, as that may have any name."""
    repeated: dict[int, list[tuple[int, int]]]
    """Of trips that are repeated, from when to when."""

    def track(self, asked: Question) -> Answer:
        """What is made of each sighting."""
        return Answer(tuple(self._one(one) for one in asked.sightings))

    def _one(self, one: Sighting) -> Progress:
        feed = self.days.table.feed
        if one.before is not None and one.at - one.before.at > _FORGOTTEN_S:
            one = msgspec.structs.replace(one, before=None)
        day = clock.day_of(clock.at(one.at), feed.timezone)
        if not calendar.covered(feed, day):
            return Progress(one.vehicle)
        place = self._place(one)
        if place is None:
            return Progress(one.vehicle)
        now = clock.second(day, clock.at(one.at), feed.timezone)
        run = self._run(one, place, day, now)
        return Progress(one.vehicle) if run is None else self._progress(one, place, run, now)

    def _place(self, one: Sighting) -> Place | None:
        allowed = self._allowed(one)
        before = one.before
        if before is not None and (allowed is None or before.way in allowed):
            place = matching.further(self.ways, one)
            if place is not None:
                return place
        return matching.anew(self.ways, one, allowed)

    def _allowed(self, one: Sighting) -> set[int] | None:
        """The ways that a vehicle can drive by its own word, of its agency's; None: any."""
        own = set[int]().union(*(self.agencies.get(each, set()) for each in one.agencies))
        told = self._told(one)
        if not (self.agencies and one.agencies):
            return told
        return own if told is None else own & told

    def _told(self, one: Sighting) -> set[int] | None:
        trip = self.trips.get(one.trip) if one.trip else None
        if trip is not None and self.days.table.patterns.pattern[trip] >= 0:
            return {int(self.days.table.patterns.pattern[trip])}
        route = self.routes.get(one.route) if one.route else None
        return None if route is None else set(np.flatnonzero(self.ways.route == route).tolist())

    def _run(self, one: Sighting, place: Place, day: date, now: int) -> Run | None:
        before, feed = one.before, self.days.table.feed
        network = self.days.of(day)
        named = self.trips.get(one.trip) if one.trip else None
        same = before is not None and before.way == place.way and before.trip in self.trips
        if same and before is not None and named in (None, self.trips[before.trip]):
            since = clock.shift(date.fromisoformat(before.start_day), day, feed.timezone)
            trip, headway = self.trips[before.trip], self._headway(network, self.trips[before.trip], now)
            again = place.metres < before.metres - _AGAIN_M
            waits = headway and place.metres < WAITS_M
            if not again and not waits:
                return Run(trip, before.start_second + since, headway, before.start_day, before.start_second)
        runs = [*self._scheduled(network, place.way, day), *self._by_headway(network, place, day, now)]
        runs = [run for run in runs if named in (None, run.trip)]
        late = {run: now - run.start - self.elapsed(run.trip, place) for run in runs}
        fitting = [run for run in runs if -_EARLIEST_S <= late[run] <= _LATEST_S]
        return min(fitting, key=lambda run: (abs(late[run]), run.trip), default=None)

    def _scheduled(self, network: Network, way: int, day: date) -> Iterator[Run]:
        net, known = network.scheduled, self.days.table.patterns
        rows = np.flatnonzero(known.pattern[net.trip] == way)
        for trip, shift in zip(net.trip[rows].tolist(), net.shift[rows].tolist(), strict=True):
            start = int(known.times.departure[known.first[trip]]) + shift
            yield Run(trip, start, 0, *self._belongs(trip, start, day))

    def _by_headway(self, network: Network, place: Place, day: date, now: int) -> Iterator[Run]:
        net, known = network.headways, self.days.table.patterns
        for line in np.flatnonzero(known.pattern[net.trip] == place.way).tolist():
            trip = int(net.trip[line])
            start = now - self.elapsed(trip, place)
            if int(net.start[line]) - _EARLIEST_S <= start <= int(net.end[line]) + _LATEST_S:
                yield Run(trip, start, int(net.headway[line]), *self._belongs(trip, start, day))

    def _headway(self, network: Network, trip: int, now: int) -> int:
        """Seconds between two of a trip known by its headway; 0 of others."""
        net = network.headways
        lines = np.flatnonzero(net.trip == trip)
        if not len(lines):
            return 0
        apart = np.maximum(net.start[lines] - now, now - net.end[lines])
        return int(net.headway[lines[int(np.argmin(apart))]])

    def _belongs(self, trip: int, start: int, day: date) -> tuple[str, int]:
        """The day of service of a run and its second there: one past midnight may be the day before's."""
        feed = self.days.table.feed
        service = feed.services[feed.trips[trip].service]
        given = int(self.days.table.patterns.times.departure[self.days.table.patterns.first[trip]])
        spans = self.repeated.get(trip) or [(given, given)]
        for away in (0, -1, 1):
            other = day + timedelta(days=away)
            second = start - clock.shift(other, day, feed.timezone)
            near = any(first - _EARLIEST_S <= second <= last + _LATEST_S for first, last in spans)
            if service.runs(other) and near:
                return other.isoformat(), second
        return day.isoformat(), start

    def elapsed(self, trip: int, place: Place) -> int:
        """Seconds of the timetable from a trip's first departure to a place on its way."""
        rows, times = self.ways.rows(trip), self.days.table.patterns.times
        arrival, departure = times.arrival[rows], times.departure[rows]
        stretch = int(self.ways.first[place.way]) + place.stop
        length = float(self.ways.length[stretch])
        part = (place.metres - float(self.ways.begin[stretch])) / length if length > 0 else 0.0
        left, reached = int(departure[place.stop]), int(arrival[place.stop + 1])
        return round(left + part * (reached - left)) - int(departure[0])

    def _progress(self, one: Sighting, place: Place, run: Run, now: int) -> Progress:
        feed = self.days.table.feed
        trip = feed.trips[run.trip]
        route = feed.routes[trip.route]
        elapsed = self.elapsed(run.trip, place)
        return Progress(
            vehicle=one.vehicle,
            route=route.id,
            line=route.short_name or route.long_name,
            headsign=trip.headsign,
            trip=trip.id,
            way=place.way,
            headway=run.headway,
            start_day=run.day,
            start_second=run.second,
            metres=place.metres,
            elapsed=elapsed,
            delay=None if run.headway else now - run.start - elapsed,
            calls=tuple(self._calls(one, place, run, now, elapsed)),
        )

    def _calls(self, one: Sighting, place: Place, run: Run, now: int, elapsed: int) -> Iterator[Call]:
        """The stops ahead: the timetable's own run times from where it is. Nothing leaves before its time."""
        if place.metres >= self.ways.metres(place.way) - _ARRIVED_M:
            return
        feed, rows = self.days.table.feed, self.ways.rows(run.trip)
        times = self.days.table.patterns.times
        begun = int(times.departure[rows][0])
        first = place.stop if place.metres < WAITS_M and place.stop == 0 else place.stop + 1
        held = max(run.start - now, 0) if not run.headway and place.metres < WAITS_M else 0
        last = rows.stop - rows.start - 1
        for number in range(first, min(last + 1, first + MOST_CALLS)):
            row = rows.start + number
            ahead = max(int(times.arrival[row]) - begun - elapsed, 0) + (held if number else 0)
            leaves = max(int(times.departure[row]) - begun - elapsed, 0) + held
            stop = feed.stops[int(times.stop[row])]
            yield Call(
                stop=stop.id,
                name=stop.name,
                arrival=one.at + ahead,
                departure=one.at + max(leaves, ahead),
                uncertainty=uncertainty(ahead),
                boards=number < last and int(times.pickup[row]) != Boarding.NONE,
                planned=0 if run.headway else one.at - now + run.start + int(times.departure[row]) - begun,
                sequence=int(times.sequence[row]),
                headsign=feed.headsigns.of(row),
            )


def tracker(days: Days) -> Tracker:
    """Prepares a feed."""
    feed = days.table.feed
    repeated: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for each in feed.frequencies:
        repeated[each.trip].append((each.start, each.end))
    found = ways(days.table)
    agencies: dict[str, set[int]] = defaultdict(set)
    for way, route in enumerate(found.route.tolist()):
        agencies[feed.routes[route].agency].add(way)
    return Tracker(
        days,
        found,
        {one.id: number for number, one in enumerate(feed.trips)},
        {one.id: number for number, one in enumerate(feed.routes)},
        dict(agencies) if len({one.agency for one in feed.routes}) > 1 else {},
        dict(repeated),
    )
