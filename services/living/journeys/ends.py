"""Where a journey begins and ends: the stops there, and those that are reached on foot. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from services.living.journeys.model import Place, Spot
from services.living.journeys.raptor import Ends
from services.living.present import areas
from services.living.present.model import Closure
from services.living.timetable import walking
from services.living.timetable.kinds import WayKind
from services.living.timetable.model import Bools, Feed
from services.living.timetable.network import Footpaths
from services.living.timetable.places import Places


@dataclass(frozen=True)
class Way:
    """A way on foot between an end and a stop."""

    stop: int
    """The stop of the end that it begins or ends at; -1 for a point."""
    seconds: int
    metres: int
    kind: int


@dataclass(frozen=True)
class End:
    """One end of a journey, with the ways on foot between it and stops; a stop of the end's own has none."""

    spot: Spot
    stops: tuple[int, ...]
    """Empty for a point."""
    ways: dict[int, Way]

    @property
    def ends(self) -> Ends:
        """As the search takes them."""
        stops = np.array([*self.stops, *self.ways], np.int64)
        seconds = np.array([0] * len(self.stops) + [one.seconds for one in self.ways.values()], np.int64)
        return Ends(stops, seconds)


def of_point(places: Places, place: Place, usable: Bools) -> End:
    """A point: one walks to the stops around it."""
    stops, away = places.near(place.lat, place.lon)
    ways = {
        stop: Way(-1, int(seconds), round(metres * walking.DETOUR), WayKind.STRAIGHT)
        for stop, seconds, metres in zip(stops.tolist(), walking.seconds(away).tolist(), away.tolist(), strict=True)
        if usable[stop]
    }
    return End(Spot("", "", place.lat, place.lon), (), ways)


def of_stops(feed: Feed, stops: list[int], footpaths: Footpaths, usable: Bools) -> End:
    """Stops of one place; ``footpaths`` are the ways from them, or for a target those turned round."""
    own = [one for one in stops if usable[one]]
    ways: dict[int, Way] = {}
    for stop in own:
        rows = slice(int(footpaths.first[stop]), int(footpaths.first[stop + 1]))
        columns = (footpaths.target, footpaths.seconds, footpaths.metres, footpaths.kind)
        for other, *way in zip(*(column[rows].tolist() for column in columns), strict=True):
            known = ways.get(other)
            if other not in own and usable[other] and (known is None or way[0] < known.seconds):
                ways[other] = Way(stop, *way)
    return End(_name(feed, stops), tuple(own), ways)


def open_end(end: End, closures: Iterable[Closure], feed: Feed) -> End:
    """The end without the ways on foot that go through what is closed."""
    closures = [one for one in closures if one.outline]
    if not closures or not end.ways:
        return end
    stops = list(end.ways)
    begins = [feed.stops[way.stop] if way.stop >= 0 else end.spot for way in end.ways.values()]
    here = np.array([one.lon for one in begins]), np.array([one.lat for one in begins])
    shut = areas.through(closures, here, areas.of_stops(feed, stops)).tolist()
    return End(end.spot, end.stops, {stop: end.ways[stop] for stop, hit in zip(stops, shut, strict=True) if not hit})


def _name(feed: Feed, stops: list[int]) -> Spot:
    """The stop, or the station of several."""
    parent = feed.stops[stops[0]].parent
    return spot(feed, parent if len(stops) > 1 and parent >= 0 else stops[0])


def spot(feed: Feed, number: int) -> Spot:
    """A stop as it is shown."""
    stop = feed.stops[number]
    return Spot(stop.id, stop.name, stop.lat, stop.lon, stop.platform, stop.wheelchair)
