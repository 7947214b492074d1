"""The stop times of a feed as arrays, by trip and sequence. It imports NumPy."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.living.gtfs.feed import FeedTables
from services.living.gtfs.values import MISSING

Ints = NDArray[np.int32]


@dataclass
class Calls:
    """Each row is a call of a trip at a stop; those of a trip stand together in their order.

    ``trip`` and ``stop`` are rows of trips.txt and stops.txt; calls of unknown ones are left out.
    """

    row: NDArray[np.int64]
    """Row of stop_times.txt."""
    line: NDArray[np.uint32]
    trip: Ints
    sequence: Ints
    stop: Ints
    arrival: Ints
    departure: Ints
    distance: NDArray[np.float64]
    same: NDArray[np.bool_]
    """Whether the next row is of the same trip; one shorter than the others."""
    first: NDArray[np.int64]
    """Where each trip begins that has calls."""
    last: NDArray[np.int64]
    """Its last call."""
    sorted: bool
    """Whether the file has each trip's rows together, and in this order."""
    flexible: int
    """Rows that were left out because they name an area or a group of stops instead of a stop."""

    def __len__(self) -> int:
        return len(self.trip)


def calls_of(feed: FeedTables) -> Calls:
    """The calls of a feed."""
    table = feed["stop_times"]
    trip = _numbers(table.text("trip_id"), feed.trips)
    stop = _numbers(table.text("stop_id"), feed.stops)
    sequence = np.frombuffer(table.ints("stop_sequence"), np.int32) if len(table) else np.zeros(0, np.int32)
    flexible = _flexible(feed)
    good = (trip >= 0) & (stop >= 0) & (sequence != MISSING)
    order = np.lexsort((sequence, trip))
    order = order[good[order]]
    trip = trip[order]
    same = trip[1:] == trip[:-1]
    place = np.cumsum(good)[order]  # among the rows that are read
    is_sorted = bool(np.all(place[1:][same] == place[:-1][same] + 1))
    first = np.flatnonzero(np.concatenate(([True], ~same))) if len(trip) else np.zeros(0, np.int64)
    last = np.concatenate((first[1:] - 1, [len(trip) - 1])) if len(trip) else np.zeros(0, np.int64)

    def of(column: Any, kind: Any) -> Any:
        return np.frombuffer(column, kind)[order] if len(order) else np.zeros(0, kind)

    return Calls(
        row=order,
        line=of(table.lines, np.uint32),
        trip=trip,
        sequence=sequence[order],
        stop=stop[order],
        arrival=of(table.ints("arrival_time"), np.int32),
        departure=of(table.ints("departure_time"), np.int32),
        distance=of(table.floats("shape_dist_traveled"), np.float64),
        same=same,
        first=first,
        last=last.astype(np.int64),
        sorted=is_sorted,
        flexible=flexible,
    )


def column(feed: FeedTables, calls: Calls, name: str, otherwise: int) -> Ints:
    """A column of whole numbers in the order of the calls; what is not given is ``otherwise``."""
    if not len(calls):
        return np.zeros(0, np.int32)
    found = np.frombuffer(feed["stop_times"].ints(name), np.int32)[calls.row]
    return np.where(found == MISSING, np.int32(otherwise), found)


def metres(lat: Any, lon: Any, other_lat: Any, other_lon: Any) -> NDArray[np.float64]:
    """Metres between points (haversine), of arrays of degrees."""
    lat, lon, other_lat, other_lon = (np.radians(one) for one in (lat, lon, other_lat, other_lon))
    half = np.sin((other_lat - lat) / 2) ** 2 + np.cos(lat) * np.cos(other_lat) * np.sin((other_lon - lon) / 2) ** 2
    found: NDArray[np.float64] = 2 * 6_371_008.8 * np.arcsin(np.minimum(1.0, np.sqrt(half)))
    return found


def _numbers(texts: list[str], known: dict[str, int]) -> Ints:
    return np.fromiter((known.get(one, -1) for one in texts), np.int32, len(texts))


def _flexible(feed: FeedTables) -> int:
    table = feed["stop_times"]
    if not table.has("location_id") and not table.has("location_group_id"):
        return 0
    rows = zip(table.text("location_id"), table.text("location_group_id"), table.text("stop_id"), strict=True)
    return sum(bool(area or group) and not stop for area, group, stop in rows)
