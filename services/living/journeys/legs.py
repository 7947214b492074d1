"""Legs of what the search found. Pure."""

from collections.abc import Iterable, Iterator

import numpy as np

from services.living.journeys.ends import End, Way, spot
from services.living.journeys.model import Call, Journey, Leg
from services.living.journeys.raptor import Found, Ride
from services.living.timetable.day import Timetable
from services.living.timetable.kinds import WayKind
from services.living.timetable.network import EARLY, TIME_BITS, Network


class Writer:
    """Writes journeys of a day out in full."""

    def __init__(self, table: Timetable, network: Network, origin: End, target: End, zero: int) -> None:
        """``zero`` is the second 0 of the network's day, in seconds since 1970."""
        self._table, self._net, self._origin, self._target, self._zero = table, network, origin, target, zero
        self._feed = table.feed

    def journey(self, found: Found) -> Journey:
        """The journey; one leaves as late as its first vehicle allows.

        Of a line by headway, waiting for its first vehicle is a part of it.
        """
        legs = list(self._legs(found))
        first = legs[0]
        return Journey(first.ready if first.headway else first.start, legs[-1].end, tuple(legs))

    def _legs(self, found: Found) -> Iterator[Leg]:
        rides = [self._ride(one) for one in (self._opened(found.rides[0]), *found.rides[1:])]
        first, _, stop = rides[0]
        way = self._origin.ways.get(stop)
        # Of a line by headway one has to be there in time; of another, when it leaves.
        begin = first.ready if first.headway else first.start
        if way is not None:
            yield self._walk(begin - way.seconds, way, self._origin, stop, to_stop=True)
        for number, (leg, _, board) in enumerate(rides):
            if number:
                before, left, _ = rides[number - 1]
                yield from self._change(before.end, left, board)
            yield leg
        last, stop, _ = rides[-1]
        way = self._target.ways.get(stop)
        if way is not None:
            yield self._walk(last.end, way, self._target, stop, to_stop=False)

    def _opened(self, ride: Ride) -> Ride:
        """Nobody has to wait for the first ride before the first vehicle of its line leaves."""
        if not ride.by_headway:
            return ride
        net = self._net.headways
        opens = int(net.start[net.line[ride.board]] + net.departure[ride.board])
        return ride._replace(ready=max(ride.ready, opens))

    def _ride(self, ride: Ride) -> tuple[Leg, int, int]:
        """The leg, the stop that it ends at, and the one where it begins."""
        net = self._net.headways if ride.by_headway else self._net.scheduled
        calls = np.arange(ride.board, ride.alight + 1)
        places = calls - net.first_call[net.line[ride.board]]
        trip, arrivals, departures, headway = self._times(ride)
        late, live = self._late(ride, trip)
        rows = int(self._table.patterns.first[trip]) + places
        stops = net.stop[calls].tolist()
        run, times = self._feed.trips[trip], self._feed.times
        route, sign = self._feed.routes[run.route], self._feed.headsigns.of(int(rows[0]))
        leg = Leg(
            start=departures[0],
            end=arrivals[-1],
            origin=spot(self._feed, stops[0]),
            target=spot(self._feed, stops[-1]),
            route=route.id,
            line=route.short_name or route.long_name,
            line_name=route.long_name,
            color=route.color,
            kind=route.kind,
            trip=run.id,
            headsign=sign or run.headsign,
            said_at=int(times.sequence[rows[0]]) if sign else -1,
            shape=run.shape,
            headway=headway,
            ready=ride.ready + self._zero,
            calls=tuple(
                Call(spot(self._feed, stop), arrival, departure)
                for stop, arrival, departure in zip(stops, arrivals, departures, strict=True)
            ),
            last=ride.by_headway and self._is_last(ride),
            arrange_pickup=_arranged(int(times.pickup[rows[0]])),
            arrange_drop_off=_arranged(int(times.drop_off[rows[-1]])),
            live=live,
            late=late,
        )
        return leg, stops[-1], stops[0]

    def _times(self, ride: Ride) -> tuple[int, list[int], list[int], int]:
        """The trip, arrivals and departures at its calls from boarding to alighting, and the headway."""
        calls = slice(ride.board, ride.alight + 1)
        if ride.by_headway:
            known = self._net.headways
            line, begin = int(known.line[ride.board]), ride.run + self._zero
            arrivals, departures = known.arrival[calls] + begin, known.departure[calls] + begin
            return int(known.trip[line]), arrivals.tolist(), departures.tolist(), int(known.headway[line])
        net = self._net.scheduled
        line = int(net.line[ride.board])
        entries = net.first_departure[calls] + ride.run
        arrivals = net.arrivals[entries].astype(np.int64) + self._zero
        departures = (net.departures[entries] & ((1 << TIME_BITS) - 1)) - EARLY + self._zero
        return int(net.trip[int(net.first_run[line]) + ride.run]), arrivals.tolist(), departures.tolist(), 0

    def _late(self, ride: Ride, trip: int) -> tuple[int, bool]:
        """How late it leaves where it is boarded, and whether that is told live."""
        net = self._net.scheduled
        if ride.by_headway or net.live is None or net.line[ride.board] < net.live:
            return 0, False
        line = int(net.line[ride.board])
        row = int(self._table.patterns.first[trip]) + ride.board - int(net.first_call[line])
        planned = int(self._table.patterns.times.departure[row]) + int(net.shift[int(net.first_run[line]) + ride.run])
        entry = int(net.first_departure[ride.board]) + ride.run
        return int(net.departures[entry] & ((1 << TIME_BITS) - 1)) - EARLY - planned, True

    def _is_last(self, ride: Ride) -> bool:
        """Whether one comes so late that the line's last vehicle may have left."""
        net = self._net.headways
        line = int(net.line[ride.board])
        passed, end = ride.ready - int(net.departure[ride.board]), int(net.end[line])
        goes_on = (net.trip == net.trip[line]) & (net.start >= net.start[line]) & (net.start <= end) & (net.end > end)
        return passed > int(net.start[line]) and passed + int(net.headway[line]) > end and not bool(goes_on.any())

    def _walk(self, start: int, way: Way, end: End, stop: int, *, to_stop: bool) -> Leg:
        there = end.spot if way.stop < 0 else spot(self._feed, way.stop)
        here = spot(self._feed, stop)
        origin, target = (there, here) if to_stop else (here, there)
        return Leg(start, start + way.seconds, origin, target, metres=way.metres, basis=way.kind)

    def _change(self, start: int, left: int, board: int) -> Iterable[Leg]:
        """The way on foot from one vehicle to the next; none at the same stop."""
        if left == board:
            return
        ways = self._net.footpaths
        rows = np.arange(ways.first[left], ways.first[left + 1])
        row = int(rows[ways.target[rows] == board][0])
        seconds, metres = int(ways.seconds[row]), int(ways.metres[row])
        origin, target = spot(self._feed, left), spot(self._feed, board)
        yield Leg(start, start + seconds, origin, target, metres=metres, basis=int(ways.kind[row]))


def on_foot(origin: End, target: End, start: int, seconds: int, metres: int) -> Journey:
    """A walk all the way."""
    leg = Leg(start, start + seconds, origin.spot, target.spot, metres=metres, basis=int(WayKind.STRAIGHT))
    return Journey(start, start + seconds, (leg,))


def _arranged(how: int) -> int:
    return how if how > 1 else 0
