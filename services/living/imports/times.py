"""Stop times as they are stored: a block of memory. It imports NumPy."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.living.feeds.blocks import block
from services.living.gtfs.calls import column
from services.living.gtfs.checking import Checked
from services.living.gtfs.values import MISSING


def stop_times(checked: Checked, feed: int, start: int, end: int) -> NDArray[Any]:
    """The rows from one place of the calls to another, of the feed of that number."""
    calls = checked.calls
    of = slice(start, end)
    made = block(len(calls.trip[of]))
    made["feed"] = feed
    for name in ("trip", "sequence", "stop"):
        made[name] = getattr(calls, name)[of]
    made["distance"] = np.where(np.isnan(calls.distance[of]), -1, calls.distance[of])
    return made


class Times:
    """All columns of the stop times that are worked out from more than their own row."""

    def __init__(self, checked: Checked) -> None:
        """Works them out."""
        feed, calls = checked.feed, checked.calls
        self._checked = checked
        self.pickup = column(feed, calls, "pickup_type", 0)
        self.drop_off = column(feed, calls, "drop_off_type", 0)
        self.continuous = {
            name: _inherited(checked, f"continuous_{name}") for name in ("pickup", "drop_off")
        }  # a call's own, or its route's, or none
        self.arrival, self.departure, unknown = interpolated(calls.arrival, calls.departure, calls.distance)
        self.timepoint = np.where(unknown, 0, column(feed, calls, "timepoint", 1))

    def rows(self, feed: int, start: int, end: int) -> NDArray[Any]:
        """The stored rows from one place to another."""
        made = stop_times(self._checked, feed, start, end)
        of = slice(start, end)
        made["arrival"], made["departure"] = self.arrival[of], self.departure[of]
        made["pickup"], made["drop_off"], made["timepoint"] = self.pickup[of], self.drop_off[of], self.timepoint[of]
        for name, values in self.continuous.items():
            made[f"continuous_{name}"] = values[of]
        return made


def interpolated(
    arrival: NDArray[np.int32], departure: NDArray[np.int32], distance: NDArray[np.float64]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.bool_]]:
    """Times of all calls, and which of them were not given.

    Those go between their neighbours that were: by the distance where it is known, evenly where not. The first and the
    last call of a trip have times.
    """
    unknown = (arrival == MISSING) | (departure == MISSING)
    at = np.flatnonzero(unknown)
    if not len(at):
        return arrival, departure, unknown
    places = np.arange(len(arrival))
    before = np.maximum.accumulate(np.where(unknown, 0, places))[at]
    after = np.minimum.accumulate(np.where(unknown, len(arrival) - 1, places)[::-1])[::-1][at]
    with np.errstate(invalid="ignore", divide="ignore"):
        by_distance = (distance[at] - distance[before]) / (distance[after] - distance[before])
    share = np.where(np.isfinite(by_distance), by_distance, (at - before) / np.maximum(after - before, 1))
    span = np.maximum(arrival[after] - departure[before], 0)
    times = (departure[before] + np.rint(np.clip(share, 0, 1) * span)).astype(np.int32)
    arrival, departure = arrival.copy(), departure.copy()
    arrival[at] = times
    departure[at] = times
    return arrival, departure, unknown


def _inherited(checked: Checked, name: str) -> NDArray[np.int32]:
    feed, calls = checked.feed, checked.calls
    own = column(feed, calls, name, MISSING)
    kinds = feed["routes"].ints(name)
    of_trip = [kinds[feed.routes[route]] for route in feed["trips"].text("route_id")]
    route = np.array(of_trip or [MISSING], np.int32)[calls.trip] if len(calls) else own
    return np.where(own != MISSING, own, np.where(route != MISSING, route, 1))
