"""Trips that call at the same stops in the same way, and what is left out of their times. Pure."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from services.living.timetable.model import UNKNOWN, Feed, Ints, StopTimes
from services.living.timetable.ranges import first_rows

_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))
"""Odd numbers with bits all over (the golden ratio's, and one of xxHash)."""


@dataclass(frozen=True)
class Patterns:
    """Of each trip, where its rows are and which pattern it follows; the times without gaps."""

    times: StopTimes
    first: Ints
    """By trip, its first row; the next trip's is one past its last."""
    pattern: Ints
    """By trip; UNKNOWN of those that call at fewer than two stops, which nobody can use."""
    count: int


def patterns(feed: Feed) -> Patterns:
    """Groups the trips of a feed."""
    times = whole(feed.times)
    first = first_rows(times.trip, len(feed.trips))
    lengths = np.diff(first)
    used = np.flatnonzero(lengths >= 2)
    pattern = np.full(len(feed.trips), UNKNOWN, np.int64)
    if not len(used):
        return Patterns(times, first, pattern, 0)
    signs = _signs(times, first, lengths)
    route = np.array([one.route for one in feed.trips], np.int64).astype(np.uint64)
    keys = np.stack([*(sign[used] for sign in signs), lengths[used].astype(np.uint64), route[used]], axis=1)
    # A pattern is a line's: two lines along one street keep their names apart.
    _, found = np.unique(keys, axis=0, return_inverse=True)
    pattern[used] = found.reshape(-1)
    return Patterns(times, first, pattern, int(found.max()) + 1)


def _signs(times: StopTimes, first: Ints, lengths: Ints) -> list[NDArray[np.uint64]]:
    """Two hashes of 64 bits of each trip's stops, in their order, and of how one gets on and off."""
    place = np.arange(len(times.trip), dtype=np.int64) - np.repeat(first[:-1], lengths)
    call = ((times.stop * 4 + times.pickup) * 4 + times.drop_off).astype(np.uint64)
    signs = []
    for factor in _MIX:
        mixed = (call + np.uint64(1)) * factor ^ (place.astype(np.uint64) + np.uint64(1)) * _MIX[0]
        mixed ^= mixed >> np.uint64(29)
        mixed *= factor | np.uint64(1)
        mixed ^= mixed >> np.uint64(32)
        sums = np.concatenate(([np.uint64(0)], np.cumsum(mixed, dtype=np.uint64)))
        signs.append(sums[first[1:]] - sums[first[:-1]])
    return signs


def whole(times: StopTimes) -> StopTimes:
    """The same with times between timepoints filled in, in proportion by the number of stops.

    Of one time given, the other is the same. A trip's first and last stop have times: a feed without is refused before.
    """
    if not bool((times.arrival == UNKNOWN).any() or (times.departure == UNKNOWN).any()):
        return times
    arrival = np.where(times.arrival == UNKNOWN, times.departure, times.arrival)
    departure = np.where(times.departure == UNKNOWN, arrival, times.departure)
    known = np.flatnonzero(arrival != UNKNOWN)
    if len(known) < len(arrival):
        rows = np.arange(len(arrival))
        missing = arrival == UNKNOWN
        # From the departure of the one before to the arrival of the next.
        left = known[np.clip(np.searchsorted(known, rows, side="right") - 1, 0, len(known) - 1)]
        right = known[np.clip(np.searchsorted(known, rows), 0, len(known) - 1)]
        span = np.maximum(right - left, 1)
        filled = departure[left] + (arrival[right] - departure[left]) * (rows - left) // span
        arrival = np.where(missing, filled, arrival)
        departure = np.where(missing, filled, departure)
    return replace(times, arrival=arrival, departure=departure)
