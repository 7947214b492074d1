"""Ways on foot between stops: what the feed says of them, inside stations, and straight lines where it says nothing.

Pure.
"""

from collections import defaultdict

import numpy as np

from services.living.timetable import pathways, walking
from services.living.timetable.kinds import WayKind
from services.living.timetable.model import Feed, Floats, Ints, Transfer, TransferKind
from services.living.timetable.network import NEVER, Footpaths
from services.living.timetable.ranges import first_rows

_STOP, _STATION = 0, 1
_SEATED = 3
"""Kinds of transfer above are of seated passengers, and tell nothing of ways on foot."""


Found = dict[tuple[int, int], tuple[int, int, int]]
"""Seconds, metres and kind of the way from a stop to another."""


def footpaths_of(feed: Feed, *, step_free: bool = False) -> Footpaths:
    """All ways of a feed; ``step_free``, no stairs and no escalators."""
    lat = np.array([one.lat for one in feed.stops], np.float64)
    lon = np.array([one.lon for one in feed.stops], np.float64)
    found: Found = _straight(feed, lat, lon)
    _stations(feed, lat, lon, found, step_free=step_free)
    change = _told(feed, lat, lon, found)
    rows = np.array([(*pair, *way) for pair, way in found.items()], np.int64).reshape(-1, 5)
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    return Footpaths(
        first=first_rows(rows[:, 0], len(feed.stops)),
        target=rows[:, 1].copy(),
        seconds=rows[:, 2].copy(),
        metres=rows[:, 3].copy(),
        kind=rows[:, 4].copy(),
        change=change,
    )


def _straight(feed: Feed, lat: Floats, lon: Floats) -> Found:
    ours = np.array([number for number, one in enumerate(feed.stops) if one.kind == _STOP], np.int64)
    source, target, away = walking.pairs(lat[ours], lon[ours])
    seconds, metres = walking.seconds(away), np.rint(away * walking.DETOUR).astype(np.int64)
    pairs = zip(ours[source].tolist(), ours[target].tolist(), strict=True)
    ways = zip(seconds.tolist(), metres.tolist(), [int(WayKind.STRAIGHT)] * len(away), strict=True)
    return dict(zip(pairs, ways, strict=True))


def _stations(feed: Feed, lat: Floats, lon: Floats, found: Found, *, step_free: bool) -> None:
    """Ways between the platforms of each station: by its pathways, where it has any, else straight."""
    mapped = pathways.mapped(feed)
    walked = pathways.walks(feed, step_free=step_free)
    for station, platforms in platforms_of(feed).items():
        for origin in platforms:
            for target in platforms:
                if origin == target:
                    continue
                if station in mapped:
                    found.pop((origin, target), None)
                    if (origin, target) in walked:
                        found[origin, target] = (*walked[origin, target], int(WayKind.PATHWAY))
                    continue
                found[origin, target] = (*_line(lat, lon, origin, target), int(WayKind.STATION))


def _told(feed: Feed, lat: Floats, lon: Floats, found: Found) -> Ints:
    """Writes what ``transfers.txt`` says over what was found; gives the times of changes at one stop.

    What it says of two platforms counts more than what it says of their stations.
    """
    change = np.zeros(len(feed.stops), np.int64)
    platforms = platforms_of(feed)

    def narrow(one: Transfer) -> int:
        return sum(feed.stops[end].kind != _STATION for end in (one.origin, one.target))

    for one in sorted((one for one in feed.transfers if one.kind <= _SEATED), key=narrow):
        for origin in platforms.get(one.origin, [one.origin]):
            for target in platforms.get(one.target, [one.target]):
                barred = one.kind == TransferKind.NOT_POSSIBLE
                if origin == target:
                    change[origin] = NEVER if barred else max(one.seconds, 0)
                elif barred:
                    found.pop((origin, target), None)
                elif one.seconds >= 0:
                    found[origin, target] = (one.seconds, _line(lat, lon, origin, target)[1], int(WayKind.FEED))
                elif (origin, target) not in found:
                    found[origin, target] = (*_line(lat, lon, origin, target), int(WayKind.STRAIGHT))
    return change


def platforms_of(feed: Feed) -> dict[int, list[int]]:
    """By station, the stops of it that vehicles call at."""
    found: dict[int, list[int]] = defaultdict(list)
    for number, one in enumerate(feed.stops):
        if one.kind == _STOP and one.parent >= 0:
            found[one.parent].append(number)
    return dict(found)


def _line(lat: Floats, lon: Floats, origin: int, target: int) -> tuple[int, int]:
    away = walking.metres(lat[[origin]], lon[[origin]], float(lat[target]), float(lon[target]))
    return int(walking.seconds(away)[0]), round(float(away[0]) * walking.DETOUR)
