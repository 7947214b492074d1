"""Where one can be by the words of people: a stop's id, its name, or a point. Pure."""

import unicodedata
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from services.living.timetable import walking
from services.living.timetable.footpaths import platforms_of
from services.living.timetable.model import Feed, Floats, Ints

_STOP, _STATION = 0, 1
_APART_M = 500.0
"""Stops of one name that are no farther from each other are one place: two sides of a street."""


@dataclass(frozen=True)
class Places:
    """The stops of a feed by what they are called."""

    feed: Feed
    by_id: dict[str, int]
    by_name: dict[str, list[int]]
    platforms: dict[int, list[int]]
    called_at: Ints
    """Stops that vehicles may call at."""
    lat: Floats
    lon: Floats

    def by_words(self, words: str) -> list[list[int]]:
        """The places that are meant, each by its stops: none, one, or several of the same name far apart.

        An id is a stop, or a station with all its platforms; a name is the station of who bears it.
        """
        if words in self.by_id:
            return [self.stops_of(self.by_id[words])]
        found: list[list[int]] = []
        for station in dict.fromkeys(self._station(one) for one in self.by_name.get(folded(words), [])):
            stops = self.stops_of(station)
            beside = next((one for one in found if self._near(one, stops)), None)
            if beside is None:
                found.append(stops)
            else:
                beside.extend(stops)
        return found

    def stops_of(self, number: int) -> list[int]:
        """The stop itself; of a station, its platforms; of an entrance or node, its station's."""
        stop = self.feed.stops[number]
        if stop.kind == _STOP:
            return [number]
        station = number if stop.kind == _STATION else stop.parent
        return list(self.platforms.get(station, []))

    def near(self, lat: float, lon: float) -> tuple[Ints, Floats]:
        """Stops within reach on foot of a point, the nearest first, and how far they are in metres, straight."""
        found, away = walking.near(self.lat, self.lon, lat, lon)
        return self.called_at[found], away

    def _station(self, number: int) -> int:
        parent = self.feed.stops[number].parent
        return parent if parent >= 0 else number

    def _near(self, some: list[int], others: list[int]) -> bool:
        if not some or not others:
            return False
        one, other = self.feed.stops[some[0]], self.feed.stops[others[0]]
        away = walking.metres(np.array([one.lat]), np.array([one.lon]), other.lat, other.lon)
        return bool(away[0] <= _APART_M)


def places(feed: Feed) -> Places:
    """Prepares a feed's stops."""
    by_name: dict[str, list[int]] = defaultdict(list)
    for number, stop in enumerate(feed.stops):
        if stop.kind in (_STOP, _STATION):
            by_name[folded(stop.name)].append(number)
    used = np.zeros(len(feed.stops), np.bool_)
    used[feed.times.stop] = True
    called_at = np.flatnonzero(used).astype(np.int64)
    return Places(
        feed,
        {one.id: number for number, one in enumerate(feed.stops)},
        dict(by_name),
        platforms_of(feed),
        called_at,
        np.array([feed.stops[one].lat for one in called_at.tolist()], np.float64),
        np.array([feed.stops[one].lon for one in called_at.tolist()], np.float64),
    )


def folded(text: str) -> str:
    """A name as it is compared: small letters without marks, single blanks."""
    plain = unicodedata.normalize("NFKD", text)
    return " ".join("".join(one for one in plain if not unicodedata.combining(one)).casefold().split())
