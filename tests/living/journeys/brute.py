"""Journeys by trying everything: no rounds, no patterns, no arrays, and nothing of the code under test but its feed.

Reads of the feed's rows what runs, and follows every vehicle from every stop to every other. For small networks.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from math import ceil, cos, hypot, radians
from typing import NamedTuple
from zoneinfo import ZoneInfo

from services.living.timetable.model import Feed

NEVER = 10**9


class Run(NamedTuple):
    """A vehicle on its way, or a line by headway with its times counted from the first stop's departure."""

    stops: list[int]
    arrivals: list[int]
    departures: list[int]
    pickups: list[int]
    drop_offs: list[int]
    window: tuple[int, int, int] | None = None
    trip: int = -1
    day: str = ""
    """Of its service."""


class Brute:
    """Everything that runs around a day."""

    def __init__(self, feed: Feed, day: date) -> None:
        """Reads the feed."""
        self.feed = feed
        self.runs = list(self._runs(day))
        self.walks = self._walks()
        self.earliest = cache(self._earliest)

    def _runs(self, day: date) -> Iterator[Run]:
        rows: dict[int, list[tuple[int, ...]]] = {}
        times = self.feed.times
        for row in zip(
            times.trip.tolist(),
            times.stop.tolist(),
            times.arrival.tolist(),
            times.departure.tolist(),
            times.pickup.tolist(),
            times.drop_off.tolist(),
            strict=True,
        ):
            rows.setdefault(row[0], []).append(row)
        zone = ZoneInfo(self.feed.timezone)
        noon = datetime.combine(day, time(12), zone).astimezone(UTC)
        for away in (-1, 0, 1):
            other = day + timedelta(days=away)
            later = int((datetime.combine(other, time(12), zone).astimezone(UTC) - noon).total_seconds())
            tomorrow = int((datetime.combine(day + timedelta(days=1), time(12), zone) - noon).total_seconds())
            for number, trip in enumerate(self.feed.trips):
                service = self.feed.services[trip.service]
                runs = other.weekday() in service.weekdays and service.start <= other <= service.end
                if other in service.added or (runs and other not in service.removed):
                    for one in self._of_trip(number, rows[number], later):
                        begins = one.window[0] if one.window else one.departures[0]
                        ends = one.arrivals[-1] + (one.window[1] if one.window else 0)
                        if ends >= 0 and begins < tomorrow + 12 * 3600:
                            yield one._replace(trip=number, day=other.isoformat())

    def _of_trip(self, number: int, rows: list[tuple[int, ...]], later: int) -> Iterator[Run]:
        _, stops, arrivals, departures, pickups, drop_offs = (list(column) for column in zip(*rows, strict=True))
        repeated = [one for one in self.feed.frequencies if one.trip == number]

        def moved(by: int, window: tuple[int, int, int] | None = None) -> Run:
            there, leaves = [one + by for one in arrivals], [one + by for one in departures]
            return Run(stops, there, leaves, pickups, drop_offs, window)

        if not repeated:
            yield moved(later)
        for one in repeated:
            if not one.exact:
                yield moved(-departures[0], (one.start + later, one.end + later, one.headway))
                continue
            start = one.start
            while start < one.end:
                yield moved(start - departures[0] + later)
                start += one.headway

    def _walks(self) -> dict[tuple[int, int], int]:
        found = {}
        for a, here in enumerate(self.feed.stops):
            for b, there in enumerate(self.feed.stops):
                north = (there.lat - here.lat) * 111_195
                east = (there.lon - here.lon) * 111_195 * cos(radians((there.lat + here.lat) / 2))
                if a != b and hypot(north, east) <= 500:
                    found[a, b] = ceil(hypot(north, east) * 1.3 / 1.2)
            found[a, a] = 0
        for one in self.feed.transfers:
            pair = (one.origin, one.target)
            if one.kind == 3:
                found.pop(pair, None)
            elif one.seconds >= 0:
                found[pair] = one.seconds
            elif pair not in found:
                here, there = self.feed.stops[one.origin], self.feed.stops[one.target]
                found[pair] = ceil(abs(there.lat - here.lat) * 111_195 * 1.3 / 1.2)
        return found

    def _earliest(self, stop: int, at: int, vehicles: int, target: int) -> int:
        """When one is at a stop where vehicles bring one, by so many at most, from waiting at another."""
        if vehicles == 0:
            return NEVER
        best = NEVER
        for run in self.runs:
            for i, here in enumerate(run.stops):
                leaves = self._leaves(run, i, at) if here == stop and run.pickups[i] != 1 else NEVER
                if leaves >= NEVER:
                    continue
                for j in range(i + 1, len(run.stops)):
                    if run.drop_offs[j] == 1:
                        continue
                    arrival = run.arrivals[j] + (leaves - run.departures[i])
                    if run.stops[j] == target:
                        best = min(best, arrival)
                    for (a, b), seconds in self.walks.items():
                        if a == run.stops[j]:
                            best = min(best, self.earliest(b, arrival + seconds, vehicles - 1, target))
        return best

    @staticmethod
    def _leaves(run: Run, place: int, at: int) -> int:
        """When it leaves a stop for who waits there from a moment on.

        By headway: the first vehicle leaves when the window opens; later, a whole headway is waited, but not past the
        last, which leaves when the window closes.
        """
        if run.window is None:
            return run.departures[place] if run.departures[place] >= at else NEVER
        start, end, headway = run.window
        opens, closes = start + run.departures[place], end + run.departures[place]
        if at <= opens:
            return opens
        if at > closes:
            return NEVER
        return min(at + headway, closes)

    def arrival(self, origin: int, target: int, at: int, vehicles: int) -> int:
        """The earliest from stop to stop, where walks at both ends are those between stops."""
        best = NEVER
        for (a, b), seconds in self.ends(origin):
            for (c, d), more in self.walks.items():
                if a == origin and d == target and c != d:
                    best = min(best, self.earliest(b, at + seconds, vehicles, c) + more)
            best = min(best, self.earliest(b, at + seconds, vehicles, target))
        return best

    def ends(self, origin: int) -> list[tuple[tuple[int, int], int]]:
        """Where one can be on foot: at the stop itself at once, whatever a change there takes."""
        walks = [(pair, seconds) for pair, seconds in self.walks.items() if pair[0] == origin and pair[1] != origin]
        return [((origin, origin), 0), *walks]
