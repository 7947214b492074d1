"""RAPTOR (Delling, Pajor, Werneck: Round-Based Public Transit Routing, 2012), a round at a time for all lines at once.

Round ``n`` finds, of every stop, the earliest arrival with at most ``n`` vehicles. What the paper does line by line and
stop by stop is done here by arrays: one binary search finds the next departure of all calls that can be boarded, a
running minimum along each line the vehicle one sits in, and a minimum by stop the earliest arrival. Several departures
are searched from the latest to the earliest over the same labels (rRAPTOR), so that only what is better than leaving
later is found.

Between two vehicles lies at most one way on foot. So two labels are kept of each stop: when a vehicle can have brought
one there (from which one may walk on), and when one can be there at all (from which one may board).

Of a line known by its headway alone, one waits a whole headway, but never past its last departure
(docs/decisions). On a mirrored network all of this finds the latest departure. Pure.
"""

from typing import NamedTuple

import numpy as np

from services.living.timetable.model import Ints
from services.living.timetable.network import EARLY, NEVER, TIME_BITS, Network
from services.living.timetable.ranges import joined

_NOTHING = -1


class Ends(NamedTuple):
    """Stops that are reached on foot from where one is, or from which one reaches where one wants to be."""

    stops: Ints
    seconds: Ints


class Ride(NamedTuple):
    """From one call of a line to another, in a vehicle: a run's place in its line, or the second at which a vehicle
    known by its headway leaves the first stop."""

    board: int
    alight: int
    run: int
    by_headway: bool
    ready: int
    """When one is at the stop, waiting."""


class Found(NamedTuple):
    """An arrival that nothing that leaves later, or needs fewer vehicles, has."""

    departure: int
    arrival: int
    rides: tuple[Ride, ...]


class Search:
    """A search from some stops to others over a network."""

    def __init__(self, network: Network, access: Ends, egress: Ends, vehicles: int, until: int = NEVER) -> None:
        """Prepares labels for so many vehicles at most; what arrives after ``until`` is not looked for."""
        self._net = network
        self._access = access
        self._egress = egress
        self._vehicles = vehicles
        shape = (vehicles + 1, network.stops)
        self._ridden = np.full(shape, NEVER, np.int64)
        self._there = np.full(shape, NEVER, np.int64)
        self._alighted = np.full(shape, _NOTHING, np.int64)
        """By round and stop, the call where a vehicle brought one there: scheduled ones, then those by headway."""
        self._run = np.full(shape, _NOTHING, np.int64)
        self._walked = np.full(shape, _NOTHING, np.int64)
        """By round and stop, the stop from which one came on foot; the stop itself where one stayed."""
        self._late = min(until + 1, NEVER)
        self._best = np.full(vehicles + 1, self._late, np.int64)
        """By round, the earliest arrival where one wants to be."""

    def arrivals(self, departure: int) -> list[int]:
        """The rounds in which leaving at this second is of use, the fewest vehicles first."""
        stops, seconds = self._access
        better = departure + seconds < self._there[0, stops]
        marked = np.unique(stops[better])
        np.minimum.at(self._there[0], stops, departure + seconds)
        found = []
        for number in range(1, self._vehicles + 1):
            self._carry(number)
            ridden = self._ride(number, marked)
            if self._arrive(number):
                found.append(number)
            if number == self._vehicles:
                break
            marked = self._walk(number, ridden)
            if not len(marked):
                for later in range(number + 1, self._vehicles + 1):
                    self._carry(later)
                break
        return found

    def best(self) -> int:
        """The earliest arrival found; NEVER when there is none."""
        return self._or_never(int(self._best.min()))

    def earliest(self, number: int) -> int:
        """The earliest arrival with so many vehicles."""
        return self._or_never(int(self._best[number]))

    def _or_never(self, arrival: int) -> int:
        return arrival if arrival < self._late else NEVER

    def _carry(self, number: int) -> None:
        """What fewer vehicles reach, more do."""
        np.minimum(self._ridden[number], self._ridden[number - 1], out=self._ridden[number])
        np.minimum(self._there[number], self._there[number - 1], out=self._there[number])
        self._best[number] = min(self._best[number], self._best[number - 1])

    def _ride(self, number: int, marked: Ints) -> Ints:
        """Boards what can be boarded at the marked stops; gives the stops that are reached earlier than was known."""
        reached = [
            self._improve(number, *self._scheduled(number, marked)),
            self._improve(number, *self._by_headway(number, marked)),
        ]
        return np.unique(np.concatenate(reached))

    def _improve(self, number: int, calls: Ints, stops: Ints, seconds: Ints, runs: Ints) -> Ints:
        labels = self._ridden[number]
        better = (seconds < labels[stops]) & (seconds < self._best[number])
        calls, stops, seconds, runs = calls[better], stops[better], seconds[better], runs[better]
        np.minimum.at(labels, stops, seconds)
        won = seconds == labels[stops]
        # Of several that are as early, the last one written counts, in both arrays alike.
        self._alighted[number, stops[won]] = calls[won]
        self._run[number, stops[won]] = runs[won]
        return stops

    def _scheduled(self, number: int, marked: Ints) -> tuple[Ints, Ints, Ints, Ints]:
        """By call that can be reached: the call, its stop, the arrival, and the run in its line."""
        net = self._net.scheduled
        calls = _at(self._net.calls_at, marked)
        calls = calls[net.board[calls]]
        there = self._there[number - 1, net.stop[calls]]
        found = np.searchsorted(net.departures, calls << TIME_BITS | there + EARLY)
        catches = found < net.first_departure[calls + 1]
        calls, found = calls[catches], found[catches]
        part_of, first = net.ridden
        parts = np.unique(part_of[calls])
        counts = first[parts + 1] - first[parts]
        along = joined(first[parts], counts)
        rank = np.full(len(along), _LAST, np.int64)
        rank[np.searchsorted(along, calls)] = found - net.first_departure[calls]
        best = _minimum_before(rank, counts)
        on_board = np.flatnonzero((best < _LAST) & net.alight[along])
        run, along = best[on_board], along[on_board]
        return along, net.stop[along], net.arrivals[net.first_departure[along] + run].astype(np.int64), run

    def _by_headway(self, number: int, marked: Ints) -> tuple[Ints, Ints, Ints, Ints]:
        """The same of lines known by their headway; a run is the second at which it leaves the first stop."""
        net, offset = self._net.headways, len(self._net.scheduled.stop)
        calls = _at(self._net.headway_calls_at, marked)
        calls = calls[net.board[calls]]
        if not len(calls):
            return calls, calls, calls, calls
        line = net.line[calls]
        passed = self._there[number - 1, net.stop[calls]] - net.departure[calls]
        starts = self._starts(passed, line)
        calls, starts = calls[starts < _LAST], starts[starts < _LAST]
        part_of, first = net.ridden
        parts = np.unique(part_of[calls])
        counts = first[parts + 1] - first[parts]
        along = joined(first[parts], counts)
        start = np.full(len(along), _LAST, np.int64)
        start[np.searchsorted(along, calls)] = starts
        best = _minimum_before(start, counts)
        on_board = np.flatnonzero((best < _LAST) & net.alight[along])
        start, along = best[on_board], along[on_board]
        return along + offset, net.stop[along], start + net.arrival[along], start

    def _starts(self, passed: Ints, line: Ints) -> Ints:
        """When the vehicle that one is sure to get leaves the first stop; ``_LAST`` where none is.

        ``passed`` is when a vehicle leaves it that calls where one is just as one comes.
        """
        net = self._net.headways
        start, end, headway = net.start[line], net.end[line], net.headway[line]
        if not self._net.backwards:
            waited = np.where(passed <= start, start, np.minimum(passed + headway, end))
            return np.where(passed <= end, waited, _LAST)
        # Backwards: the latest that one may be there to be sure of a vehicle that leaves the first stop by then.
        by = -passed
        waited = np.where(by >= end, end, np.maximum(by - headway, start))
        return np.where(by >= start, -waited, _LAST)

    def _arrive(self, number: int) -> bool:
        stops, seconds = self._egress
        if not len(stops):
            return False
        earliest = int((self._ridden[number, stops] + seconds).min())
        if earliest >= self._best[number]:
            return False
        self._best[number] = earliest
        return True

    def _walk(self, number: int, ridden: Ints) -> Ints:
        """Walks on from where vehicles brought one; gives the stops where one can be earlier than was known."""
        ways = self._net.footpaths
        counts = ways.first[ridden + 1] - ways.first[ridden]
        rows = joined(ways.first[ridden], counts)
        source = np.concatenate((ridden, np.repeat(ridden, counts)))
        target = np.concatenate((ridden, ways.target[rows]))
        takes = np.concatenate((ways.change[ridden], ways.seconds[rows]))
        seconds = self._ridden[number, source] + takes
        labels = self._there[number]
        better = (seconds < labels[target]) & (seconds < self._best[number])
        source, target, seconds = source[better], target[better], seconds[better]
        np.minimum.at(labels, target, seconds)
        won = seconds == labels[target]
        self._walked[number, target[won]] = source[won]
        return np.unique(target)

    def trace(self, departure: int, number: int) -> Found:
        """The way that was found in a round of the search that was made last."""
        stops, seconds = self._egress
        stop = int(stops[np.argmin(self._ridden[number, stops] + seconds)])
        arrival, rides = int(self._best[number]), []
        while number > 0:
            while self._ridden[number - 1, stop] <= self._ridden[number, stop]:
                number -= 1
            ride = self._boarded(number, int(self._alighted[number, stop]), int(self._run[number, stop]))
            rides.append(ride)
            stop, number = int(self._stop_of(ride.board, by_headway=ride.by_headway)), number - 1
            while number > 0 and self._there[number - 1, stop] <= self._there[number, stop]:
                number -= 1
            if number > 0:
                stop = int(self._walked[number, stop])
        return Found(departure, arrival, tuple(reversed(rides)))

    def _stop_of(self, call: int, *, by_headway: bool) -> int:
        return int((self._net.headways if by_headway else self._net.scheduled).stop[call])

    def _boarded(self, number: int, alighted: int, run: int) -> Ride:
        """Where a vehicle was boarded: first at the nearest stop, later where most time is left to."""
        offset = len(self._net.scheduled.stop)
        if alighted >= offset:
            return self._boarded_by_headway(number, alighted - offset, run)
        net = self._net.scheduled
        part_of, first = net.ridden
        calls = np.arange(first[part_of[alighted]], alighted)
        leaves = (net.departures[net.first_departure[calls] + run] & ((1 << TIME_BITS) - 1)) - EARLY
        there = self._there[number - 1, net.stop[calls]]
        fits = net.board[calls] & (there <= leaves)
        calls, there, leaves = calls[fits], there[fits], leaves[fits]
        chosen = int(np.argmin(there)) if number == 1 else int(np.argmax(leaves - there))
        return Ride(int(calls[chosen]), alighted, run, by_headway=False, ready=int(there[chosen]))

    def _boarded_by_headway(self, number: int, alighted: int, run: int) -> Ride:
        net = self._net.headways
        part_of, first = net.ridden
        calls = np.arange(first[part_of[alighted]], alighted)
        there = self._there[number - 1, net.stop[calls]]
        starts = self._starts(there - net.departure[calls], net.line[calls])
        fits = net.board[calls] & (starts <= run)
        calls, there = calls[fits], there[fits]
        chosen = int(np.argmin(there))
        return Ride(int(calls[chosen]), alighted, run, by_headway=True, ready=int(there[chosen]))


_LAST = 1 << 30
"""Above all runs of a line and all seconds."""


def _at(calls_at: tuple[Ints, Ints], stops: Ints) -> Ints:
    """The calls at some stops, in their order: that makes the search among departures three times as fast."""
    first, calls = calls_at
    return np.sort(calls[joined(first[stops], first[stops + 1] - first[stops])])


def _minimum_before(values: Ints, counts: Ints) -> Ints:
    """Of each value, the least of those before it in its range; ``_LAST`` or more where there is none.

    One running minimum does it for all ranges: each lies below all that are before it.
    """
    below = np.repeat(np.arange(len(counts), 0, -1, dtype=np.int64) << 32, counts)
    running = np.minimum.accumulate(values + below)
    before = np.concatenate((below[:1] + _LAST, running[:-1]))
    return before - below


def first_departures(network: Network, access: Ends, begin: int, end: int) -> list[int]:
    """When to leave between two seconds (both counted) so as to wait for nothing at the first stop; the latest first.

    ``begin`` is always one of them.
    """
    stops, walk = access
    moments = [np.array([begin], np.int64)]
    net = network.scheduled
    first, calls_at = network.calls_at
    counts = first[stops + 1] - first[stops]
    calls, takes = calls_at[joined(first[stops], counts)], np.repeat(walk, counts)
    takes, calls = takes[net.board[calls]], calls[net.board[calls]]
    low = np.searchsorted(net.departures, calls << TIME_BITS | begin + takes + EARLY)
    high = np.searchsorted(net.departures, calls << TIME_BITS | end + takes + EARLY, side="right")
    counts = (high - low).astype(np.int64)
    leaves = (net.departures[joined(low.astype(np.int64), counts)] & ((1 << TIME_BITS) - 1)) - EARLY
    moments.append(leaves - np.repeat(takes, counts))
    moments.append(_by_headway_departures(network, access, begin, end))
    every = np.unique(np.concatenate(moments))
    chosen: list[int] = every[every <= end][::-1].tolist()
    return chosen


def _by_headway_departures(network: Network, access: Ends, begin: int, end: int) -> Ints:
    """The first and the last departure of each line by headway, and one each headway from ``begin`` on."""
    stops, walk = access
    net = network.headways
    first, calls_at = network.headway_calls_at
    counts = first[stops + 1] - first[stops]
    calls, takes = calls_at[joined(first[stops], counts)], np.repeat(walk, counts)
    takes, calls = takes[net.board[calls]], calls[net.board[calls]]
    line = net.line[calls]
    away = net.departure[calls] - takes
    edges = np.concatenate((net.start[line] + away, net.end[line] + away))
    runs = (net.start[line] + away <= end) & (net.end[line] + away >= begin)
    headways = np.unique(net.headway[line][runs]).tolist()
    steps = [np.arange(begin, end + 1, max(headway, 60)) for headway in headways]
    every = np.concatenate([edges, *steps])
    return every[(every >= begin) & (every <= end)].astype(np.int64)
