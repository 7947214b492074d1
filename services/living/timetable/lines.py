"""Lines of a day: trips of one pattern in their order, none of which overtakes another. Pure."""

import numpy as np

from services.living.timetable.model import Boarding, Bools, Ints
from services.living.timetable.network import EARLY, TIME_BITS, Headways, Scheduled
from services.living.timetable.patterns import Patterns
from services.living.timetable.ranges import joined


def scheduled_lines(known: Patterns, trips: Ints, shifts: Ints, usable: Bools) -> Scheduled:
    """The lines of so many runs; at stops that are not ``usable`` nobody gets on or off."""
    times, first = known.times, known.first
    order = np.lexsort((times.departure[first[trips]] + shifts, known.pattern[trips]))
    line = _lines(known, trips[order], shifts[order])
    # Stable: within a line, runs stay in the order in which they leave.
    again = np.argsort(line, kind="stable")
    trip, shift, line = trips[order][again], shifts[order][again], line[again]
    count = int(line[-1]) + 1 if len(line) else 0
    first_run = np.searchsorted(line, np.arange(count + 1)).astype(np.int64)
    runs, sample = np.diff(first_run), trip[first_run[:-1]]
    lengths = (first[sample + 1] - first[sample]).astype(np.int64)
    rows = joined(first[sample], lengths)  # one trip of each line tells its stops
    call_line = np.repeat(np.arange(count, dtype=np.int64), lengths)
    first_call = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    runs_of_call = runs[call_line]
    first_departure = np.concatenate(([0], np.cumsum(runs_of_call))).astype(np.int64)
    which = joined(first_run[call_line], runs_of_call)
    call = np.repeat(np.arange(len(rows), dtype=np.int64), runs_of_call)
    row = first[trip[which]] + (call - first_call[call_line[call]])
    seconds = times.departure[row] + shift[which]
    stop = times.stop[rows]
    return Scheduled(
        stop=stop,
        line=call_line,
        board=(times.pickup[rows] != Boarding.NONE) & usable[stop],
        alight=(times.drop_off[rows] != Boarding.NONE) & usable[stop],
        first_call=first_call,
        first_departure=first_departure,
        departures=call << TIME_BITS | seconds + EARLY,
        arrivals=(times.arrival[row] + shift[which]).astype(np.int32),
        first_run=first_run,
        trip=trip,
        shift=shift,
    )


def _lines(known: Patterns, trips: Ints, shifts: Ints) -> Ints:
    """The line of each run, of runs sorted by pattern and first departure."""
    if not len(trips):
        return np.empty(0, np.int64)
    times, first = known.times, known.first
    pattern = known.pattern[trips]
    same = pattern[1:] == pattern[:-1]
    lengths = (first[trips + 1] - first[trips]).astype(np.int64)
    pairs = np.flatnonzero(same)
    counts = lengths[pairs]
    before, after = joined(first[trips[pairs]], counts), joined(first[trips[pairs + 1]], counts)
    gain = np.repeat(shifts[pairs + 1] - shifts[pairs], counts)
    overtakes = (times.departure[after] - times.departure[before] + gain < 0) | (
        times.arrival[after] - times.arrival[before] + gain < 0
    )
    overtaking = np.unique(pattern[pairs[np.repeat(np.arange(len(pairs)), counts)[overtakes]]])
    line = pattern * len(trips)  # room for as many lines of a pattern as it has runs
    for one in overtaking.tolist():
        ours = np.flatnonzero(pattern == one)
        line[ours] += _apart(known, trips[ours], shifts[ours])
    return np.unique(line, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _apart(known: Patterns, trips: Ints, shifts: Ints) -> Ints:
    """Of runs of one pattern by their first departure, the first line whose last run each does not overtake."""
    times, first = known.times, known.first
    lasts: list[Ints] = []
    found = np.zeros(len(trips), np.int64)
    for number, (trip, shift) in enumerate(zip(trips.tolist(), shifts.tolist(), strict=True)):
        rows = slice(int(first[trip]), int(first[trip + 1]))
        seconds = np.concatenate((times.arrival[rows], times.departure[rows])) + shift
        place = next((place for place, last in enumerate(lasts) if bool((seconds >= last).all())), len(lasts))
        if place == len(lasts):
            lasts.append(seconds)
        lasts[place] = seconds
        found[number] = place
    return found


def headway_lines(known: Patterns, rows: Ints, usable: Bools) -> Headways:
    """The lines of rows ``(trip, start, end, headway)``, one each."""
    times, first = known.times, known.first
    trip = rows[:, 0]
    lengths = (first[trip + 1] - first[trip]).astype(np.int64)
    calls = joined(first[trip], lengths)
    begins = np.repeat(times.departure[first[trip]], lengths)
    stop = times.stop[calls]
    return Headways(
        stop=stop,
        line=np.repeat(np.arange(len(trip), dtype=np.int64), lengths),
        board=(times.pickup[calls] != Boarding.NONE) & usable[stop],
        alight=(times.drop_off[calls] != Boarding.NONE) & usable[stop],
        first_call=np.concatenate(([0], np.cumsum(lengths))).astype(np.int64),
        arrival=times.arrival[calls] - begins,
        departure=times.departure[calls] - begins,
        start=rows[:, 1],
        end=rows[:, 2],
        headway=rows[:, 3],
        trip=trip,
    )
