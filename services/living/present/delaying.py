"""A network in which trips are late, early, or do not run. Pure.

A late trip leaves its line, in which none may overtake another, and becomes a line of its own at the end of the arrays:
the others stay where they are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import numpy as np

from services.living.present.model import Delay
from services.living.timetable import clock
from services.living.timetable.day import Timetable
from services.living.timetable.model import Bools, Ints
from services.living.timetable.network import EARLY, NEVER, TIME_BITS, Network, Scheduled
from services.living.timetable.ranges import by_stop

_EARLIEST, _LATEST = 1 - EARLY, NEVER - 1


class _Late(NamedTuple):
    run: int
    line: int
    delay: Delay


def delayed(network: Network, table: Timetable, trips: dict[str, int], day: date, delays: Iterable[Delay]) -> Network:
    """The network of a day, not mirrored, with what is late; ``trips`` are the feed's by their ids."""
    net = network.scheduled
    late = _found(net, table, trips, day, delays)
    if not late:
        return network
    gone = np.zeros(len(net.trip), np.bool_)
    gone[[one.run for one in late]] = True
    made = _appended(_without(net, gone), net, [one for one in late if not one.delay.cancelled])
    return replace(network, scheduled=made, calls_at=by_stop(made.stop, network.stops))


def _found(net: Scheduled, table: Timetable, trips: dict[str, int], day: date, delays: Iterable[Delay]) -> list[_Late]:
    """Which runs of the day they are of; the last word counts."""
    wanted: dict[tuple[int, int], Delay] = {}
    for one in delays:
        number = trips.get(one.trip)
        if number is None:
            continue
        shift = clock.shift(date.fromisoformat(one.day), day, table.feed.timezone)
        if one.start >= 0:
            shift += one.start - int(table.patterns.times.departure[table.patterns.first[number]])
        wanted[number, shift] = one
    if not wanted:
        return []
    rows = np.flatnonzero(np.isin(net.trip, [number for number, _ in wanted]))
    found = []
    for row in rows.tolist():
        delay = wanted.get((int(net.trip[row]), int(net.shift[row])))
        if delay is not None:
            line = int(np.searchsorted(net.first_run, row, side="right")) - 1
            found.append(_Late(row, line, delay))
    return found


def _without(net: Scheduled, gone: Bools) -> Scheduled:
    """The lines without some runs; a line of which none is left stays without any."""
    counts = np.diff(net.first_departure)
    call = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    run = np.arange(len(call), dtype=np.int64) - net.first_departure[call] + net.first_run[net.line[call]]
    kept = ~gone[run]
    before = np.concatenate(([0], np.cumsum(~gone)))
    entries = np.concatenate(([0], np.cumsum(kept)))
    return replace(
        net,
        first_departure=entries[net.first_departure].astype(np.int64),
        departures=net.departures[kept],
        arrivals=net.arrivals[kept],
        first_run=before[net.first_run].astype(np.int64),
        trip=net.trip[~gone],
        shift=net.shift[~gone],
    )


def _appended(to: Scheduled, of: Scheduled, late: Sequence[_Late]) -> Scheduled:
    """With a line for each late run; ``of`` has them as they were."""
    lines, calls, runs = len(to.first_call) - 1, len(to.stop), len(to.trip)
    stop, line, board, alight = [to.stop], [to.line], [to.board], [to.alight]
    departures, arrivals, lengths = [to.departures], [to.arrivals], list[int]()
    for number, one in enumerate(late):
        ours = np.arange(of.first_call[one.line], of.first_call[one.line + 1])
        entries = of.first_departure[ours] + one.run - of.first_run[one.line]
        arrive, leave = _times(of, entries, one.delay)
        stops_there = np.ones(len(ours), np.bool_)
        stops_there[[place for place in one.delay.skipped if 0 <= place < len(ours)]] = False
        begin = calls + sum(lengths)
        stop.append(of.stop[ours])
        line.append(np.full(len(ours), lines + number, np.int64))
        board.append(of.board[ours] & stops_there)
        alight.append(of.alight[ours] & stops_there)
        departures.append(np.arange(begin, begin + len(ours), dtype=np.int64) << TIME_BITS | leave + EARLY)
        arrivals.append(arrive.astype(np.int32))
        lengths.append(len(ours))
    ends = np.cumsum(lengths, dtype=np.int64) if lengths else np.empty(0, np.int64)
    return Scheduled(
        stop=np.concatenate(stop),
        line=np.concatenate(line),
        board=np.concatenate(board),
        alight=np.concatenate(alight),
        first_call=np.concatenate((to.first_call, calls + ends)),
        first_departure=np.concatenate(
            (to.first_departure, len(to.departures) + np.arange(1, sum(lengths) + 1, dtype=np.int64))
        ),
        departures=np.concatenate(departures),
        arrivals=np.concatenate(arrivals),
        first_run=np.concatenate((to.first_run, runs + 1 + np.arange(len(late), dtype=np.int64))),
        trip=np.concatenate((to.trip, of.trip[[one.run for one in late]])),
        shift=np.concatenate((to.shift, of.shift[[one.run for one in late]])),
        live=lines,
        told=tuple(one.delay.told for one in late),
    )


def _times(of: Scheduled, entries: Ints, delay: Delay) -> tuple[Ints, Ints]:
    """Seconds of arrival and departure; no vehicle leaves before it comes, or comes before it left the stop before."""
    arrive = of.arrivals[entries].astype(np.int64) + _each(delay.arrivals or delay.departures, len(entries))
    leave = (of.departures[entries] & ((1 << TIME_BITS) - 1)) - EARLY
    leave = leave + _each(delay.departures or delay.arrivals, len(entries))
    together = np.clip(np.stack([arrive, leave], axis=1).reshape(-1), _EARLIEST, _LATEST)
    ordered = np.maximum.accumulate(together).reshape(-1, 2)
    return ordered[:, 0], ordered[:, 1]


def _each(given: Sequence[int], calls: int) -> Ints:
    told = list(given[:calls]) or [0]
    return np.array(told + told[-1:] * (calls - len(told)), np.int64)
