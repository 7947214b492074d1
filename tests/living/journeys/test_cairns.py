"""RAPTOR against a plain search over every trip of a real feed, layer by layer of vehicles."""

import random
from datetime import date, timedelta
from math import ceil, cos, hypot, radians

import numpy as np

from services.living.journeys.ends import of_stops
from services.living.journeys.raptor import Search
from services.living.timetable.day import timetable
from services.living.timetable.model import Feed
from services.living.timetable.network import NEVER
from tests.living.cairns.reading import WEEKDAY, cairns

VEHICLES = 4
DAY_S = 86_400


def test_500_pairs_agree_with_a_plain_search() -> None:
    """Times of the whole day, those past 24:00 among them, on a weekday, a Sunday's night and a holiday."""
    feed, pairs = cairns(), 0
    table = timetable(feed)
    everywhere = np.ones(len(feed.stops), np.bool_)
    walks = _walks(feed)
    to: dict[int, list[tuple[int, int]]] = {}
    for (a, b), seconds in walks.items():
        to.setdefault(b, []).append((a, seconds))
    chance = random.Random(2014)
    networks = {day: table.network(day) for day in (WEEKDAY, WEEKDAY.replace(day=20), WEEKDAY.replace(month=10, day=6))}
    for number in range(50):
        day = chance.choice(sorted(networks))
        origin, at = chance.randrange(len(feed.stops)), chance.randrange(0, 25 * 3_600)
        layers = _layers(feed, _trips(feed, day), walks, origin, at)
        here = of_stops(feed, [origin], table.ways[0], everywhere).ends
        for target in chance.sample([one for one in range(len(feed.stops)) if one != origin], 10):
            there = of_stops(feed, [target], table.ways[1], everywhere).ends
            search = Search(networks[day], here, there, VEHICLES)
            search.arrivals(at)
            for vehicles in range(1, VEHICLES + 1):
                ridden = layers[vehicles]
                plain = min(ridden[target], *(ridden[a] + s for a, s in to.get(target, ())), NEVER)
                assert search.earliest(vehicles) == plain, (number, day, origin, target, at, vehicles)
            pairs += 1
    assert pairs == 500


def _trips(feed: Feed, day: date) -> list[list[tuple[int, int, int, int, int]]]:
    """Calls of every trip that runs, of the day, the day before and the next: Brisbane changes no clocks."""
    rows: dict[int, list[tuple[int, int, int, int, int]]] = {}
    times = feed.times
    columns = (times.trip, times.stop, times.arrival, times.departure, times.pickup, times.drop_off)
    for trip, *row in zip(*(column.tolist() for column in columns), strict=True):
        rows.setdefault(trip, []).append((row[0], row[1], row[2], row[3], row[4]))
    rows = {trip: _filled(calls) for trip, calls in rows.items()}
    found = []
    for away in (-1, 0, 1):
        other, later = day + timedelta(days=away), away * DAY_S
        for number, trip in enumerate(feed.trips):
            service = feed.services[trip.service]
            usual = service.start <= other <= service.end and other.weekday() in service.weekdays
            if (other in service.added or (usual and other not in service.removed)) and (
                rows[number][0][2] + later < DAY_S * 3 // 2
            ):
                found.append([(s, a + later, d + later, p, o) for s, a, d, p, o in rows[number]])
    return found


def _filled(calls: list[tuple[int, int, int, int, int]]) -> list[tuple[int, int, int, int, int]]:
    """55 calls have no times: evenly between their neighbours."""
    found = list(calls)
    for place, (stop, arrival, _, pickup, drop_off) in enumerate(calls):
        if arrival < 0:
            before = max(one for one in range(place) if calls[one][1] >= 0)
            after = min(one for one in range(place, len(calls)) if calls[one][1] >= 0)
            leaves, comes = calls[before][2], calls[after][1]
            time = leaves + (comes - leaves) * (place - before) // (after - before)
            found[place] = (stop, time, time, pickup, drop_off)
    return found


def _walks(feed: Feed) -> dict[tuple[int, int], int]:
    found = {}
    for a, here in enumerate(feed.stops):
        for b, there in enumerate(feed.stops):
            north = (there.lat - here.lat) * 111_195
            if a != b and abs(north) <= 500:
                east = (there.lon - here.lon) * 111_195 * cos(radians((there.lat + here.lat) / 2))
                if hypot(north, east) <= 500:
                    found[a, b] = ceil(hypot(north, east) * 1.3 / 1.2)
    return found


def _layers(
    feed: Feed,
    trips: list[list[tuple[int, int, int, int, int]]],
    walks: dict[tuple[int, int], int],
    origin: int,
    at: int,
) -> list[list[int]]:
    """By number of vehicles, when each stop is reached by one."""
    stops = range(len(feed.stops))
    there = [NEVER] * len(feed.stops)
    there[origin] = at
    for (a, b), seconds in walks.items():
        if a == origin:
            there[b] = at + seconds
    layers = [[NEVER] * len(feed.stops)]
    for _ in range(VEHICLES):
        ridden = list(layers[-1])
        for calls in trips:
            on_board = False
            for stop, arrival, departure, pickup, drop_off in calls:
                if on_board and drop_off != 1 and arrival < ridden[stop]:
                    ridden[stop] = arrival
                on_board = on_board or (pickup != 1 and there[stop] <= departure)
        layers.append(ridden)
        there = [min(there[stop], ridden[stop]) for stop in stops]
        for (a, b), seconds in walks.items():
            there[b] = min(there[b], ridden[a] + seconds)
    return layers
