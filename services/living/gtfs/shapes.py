"""Shapes: their points, and how trips fit them. It imports NumPy."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.living.gtfs.calls import Calls, metres
from services.living.gtfs.feed import FeedTables
from services.living.gtfs.values import MISSING

_FILE = "shapes.txt"
_CLOSE_M, _NEAR_M = 1.11, 11.1
_FAR_M = 100.0
_DEGREE_M = 111_195.0
_MOST_PAIRS = 2_000_000

Floats = NDArray[np.float64]


@dataclass
class Points:
    """The points of all shapes; those of one stand together in their order."""

    shape: NDArray[np.int32]
    line: NDArray[np.uint32]
    lat: Floats
    lon: Floats
    distance: Floats
    first: NDArray[np.int64]
    last: NDArray[np.int64]

    def of(self, shape: int) -> slice:
        """Where the points of a shape are, by its place among those that have any."""
        return slice(int(self.first[shape]), int(self.last[shape]) + 1)


def points_of(feed: FeedTables) -> Points:
    """The points of a feed's shapes; those without a place or an order are left out."""
    table = feed["shapes"]
    shape = np.fromiter((feed.shapes.get(one, -1) for one in table.text("shape_id")), np.int32, len(table))

    def of(column: Any, kind: Any) -> Any:
        return np.frombuffer(column, kind) if len(table) else np.zeros(0, kind)

    sequence = of(table.ints("shape_pt_sequence"), np.int32)
    lat, lon = of(table.floats("shape_pt_lat"), np.float64), of(table.floats("shape_pt_lon"), np.float64)
    good = (shape >= 0) & (sequence != MISSING) & ~np.isnan(lat) & ~np.isnan(lon)
    order = np.lexsort((sequence, shape))
    order = order[good[order]]
    shape, sequence, line = shape[order], sequence[order], of(table.lines, np.uint32)[order]
    same = shape[1:] == shape[:-1]
    for place in np.flatnonzero(same & (sequence[1:] == sequence[:-1])):
        detail = f"shape_pt_sequence {sequence[place]} is there twice, as in line {line[place]}"
        feed.findings.add("duplicate_key", _FILE, line[place + 1], detail)
    first = np.flatnonzero(np.concatenate(([True], ~same))) if len(shape) else np.zeros(0, np.int64)
    last = np.concatenate((first[1:] - 1, [len(shape) - 1])) if len(shape) else np.zeros(0, np.int64)
    distance = of(table.floats("shape_dist_traveled"), np.float64)[order]
    return Points(shape, line, lat[order], lon[order], distance, first, last.astype(np.int64))


def check(feed: FeedTables, points: Points, calls: Calls) -> None:
    """Points in a row, shapes that nobody uses, and trips that leave theirs."""
    ids = list(feed.shapes)
    if not ids:
        return
    for name, where in (
        ("point_near_origin", (abs(points.lat) <= 1) & (abs(points.lon) <= 1)),
        ("point_near_pole", abs(points.lat) >= 89),
    ):
        feed.findings.add_all(name, _FILE, points.line[where].tolist(), "a point lies there")
    _check_distances(feed, points, ids)
    used = set(feed["trips"].text("shape_id"))
    for begin, end in zip(points.first.tolist(), points.last.tolist(), strict=True):
        name, line = ids[points.shape[begin]], points.line[begin]
        if begin == end:
            feed.findings.add("single_shape_point", _FILE, line, f"shape {name} has one point")
        if name not in used:
            feed.findings.add("unused_shape", _FILE, line, f"no trip has shape {name}")
    _check_trips(feed, points, calls, ids)


def _check_distances(feed: FeedTables, points: Points, ids: list[str]) -> None:
    if len(points.shape) < 2:
        return
    same = points.shape[1:] == points.shape[:-1]
    before, after = points.distance[:-1], points.distance[1:]
    moved = metres(points.lat[:-1], points.lon[:-1], points.lat[1:], points.lon[1:])
    with np.errstate(invalid="ignore"):
        equal = same & (before == after)
        found = {
            "decreasing_shape_distance": same & (before > after),
            "equal_shape_distance_diff_coordinates": equal & (moved >= _CLOSE_M),
            "equal_shape_distance_diff_coordinates_distance_below_threshold": equal & (moved > 0) & (moved < _CLOSE_M),
            "equal_shape_distance_same_coordinates": equal & (moved == 0),
        }
    for code, where in found.items():
        for place in np.flatnonzero(where):
            detail = f"shape {ids[points.shape[place]]}: {after[place]:g} follows {before[place]:g}"
            feed.findings.add(code, _FILE, points.line[place + 1], detail)


def _check_trips(feed: FeedTables, points: Points, calls: Calls, ids: list[str]) -> None:
    """The calls of trips and their shapes."""
    if not len(calls):
        return
    places = {int(points.shape[begin]): place for place, begin in enumerate(points.first)}
    by_number = [places.get(feed.shapes.get(one, -1), -1) for one in feed["trips"].text("shape_id")]
    shape_of = np.array(by_number or [-1], np.int64)
    trip_ids, trip_lines = feed["trips"].text("trip_id"), feed["trips"].lines
    lats, lons = (np.frombuffer(feed["stops"].floats(name), np.float64) for name in ("stop_lat", "stop_lon"))
    farthest = [_farthest(points, place) for place in range(len(points.first))]
    unsaid = 0
    for begin, end in zip(calls.first.tolist(), calls.last.tolist(), strict=True):
        trip = int(calls.trip[begin])
        place = int(shape_of[trip])
        said = float(calls.distance[end])
        if place < 0 or np.isnan(said):
            continue
        most, at = farthest[place]
        if most is None:
            unsaid += 1
            continue
        if most and said > most:
            away = float(metres(lats[calls.stop[end]], lons[calls.stop[end]], points.lat[at], points.lon[at]))
            code = "trip_distance_exceeds_shape_distance"
            code += "" if away >= _NEAR_M else "_below_threshold"
            detail = f"trip {trip_ids[trip]} goes to {said:g}, its shape to {most:g}"
            feed.findings.add(code, "trips.txt", trip_lines[trip], detail)
    if unsaid:
        detail = f"{unsaid} trips have shape_dist_traveled, not all points of their shapes have"
        feed.findings.add("trip_with_shape_dist_traveled_but_no_shape_distances", _FILE, 0, detail)
    _check_near(feed, points, calls, shape_of, lats, lons, ids)


def _farthest(points: Points, place: int) -> tuple[float | None, int]:
    of = points.of(place)
    distances = points.distance[of]
    if np.isnan(distances).any():
        return None, of.start
    at = int(np.argmax(distances))
    return float(distances[at]), of.start + at


def _check_near(
    feed: FeedTables,
    points: Points,
    calls: Calls,
    shape_of: NDArray[np.int64],
    lats: Floats,
    lons: Floats,
    ids: list[str],
) -> None:
    """Stops lie within 100 m of the shape of a trip that calls there."""
    pairs = np.unique(np.stack((shape_of[calls.trip], calls.stop.astype(np.int64))), axis=1)
    pairs = pairs[:, pairs[0] >= 0]
    stop_ids, stop_lines = feed["stops"].text("stop_id"), feed["stops"].lines
    for place in np.unique(pairs[0]).tolist():
        stops = pairs[1][pairs[0] == place]
        of = points.of(place)
        if of.stop - of.start < 2 or len(stops) * (of.stop - of.start) > _MOST_PAIRS:
            continue
        away = _away(points.lat[of], points.lon[of], lats[stops], lons[stops])
        for stop, metres_away in zip(stops[away > _FAR_M], away[away > _FAR_M], strict=True):
            detail = f"{stop_ids[stop]} lies {metres_away:.0f} m from shape {ids[points.shape[of.start]]}"
            feed.findings.add("stop_too_far_from_shape", "stops.txt", stop_lines[stop], detail)


def _away(lat: Floats, lon: Floats, stop_lat: Floats, stop_lon: Floats) -> Floats:
    """Metres from each stop to the nearest point of a line, on a plane around its middle."""
    east = np.cos(np.radians(lat.mean())) * _DEGREE_M
    x, y = lon * east, lat * _DEGREE_M
    stop_x, stop_y = stop_lon[:, None] * east, stop_lat[:, None] * _DEGREE_M
    dx, dy = np.diff(x), np.diff(y)
    length = np.maximum(dx * dx + dy * dy, 1e-9)
    along = np.clip(((stop_x - x[:-1]) * dx + (stop_y - y[:-1]) * dy) / length, 0, 1)
    away: Floats = np.hypot(stop_x - (x[:-1] + along * dx), stop_y - (y[:-1] + along * dy)).min(axis=1)
    return away
