"""Finds rounds with PyVRP. Only the process that solves imports this.

What is not taken along costs a prize that no detour outweighs; the landfill is where each trip ends, and the way home
from there is taken off the working time.
"""

import warnings
from collections.abc import Callable
from itertools import groupby
from time import monotonic
from typing import Any

import numpy as np
import pyvrp
from pyvrp.exceptions import PenaltyBoundWarning

from services.environment.routing.model import Found, Point, Problem, Truck, home, metres, travel

PRIZE = 10_000_000
"""Metres that a stop of weight 1 is worth."""
TRUCK_M = 3_000
"""Metres that sending one truck more is worth."""
TOLD_EVERY_S = 0.5
CALM = 4
"""The search ends early when this part of its time has brought nothing better."""


def solve(problem: Problem, seconds: float, tell: Callable[[int], None], seed: int = 1) -> list[Found]:
    """The best rounds that are found in so many seconds; ``tell`` hears per cent of the time."""
    trucks = [one for one in problem.trucks if one.trips > 0 and one.late - home(problem) > one.early]
    if not trucks or not problem.stops:
        return []
    stop = _Stop(seconds, tell)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PenaltyBoundWarning)  # a stop that no truck can hold is no news to us
        best = pyvrp.solve(_data(problem, trucks), stop, seed, collect_stats=False, display=False).best
    return [_found(problem, trucks, route) for route in best.routes() if route.is_feasible()]


class _Stop:
    """Ends the search when its time is over or nothing better comes, and tells how far it is."""

    def __init__(self, seconds: float, tell: Callable[[int], None]) -> None:
        self._begun, self._told = monotonic(), 0.0
        self._best, self._improved = float("inf"), 0.0
        self._seconds, self._tell = max(seconds, 0.01), tell

    def __call__(self, best_cost: float) -> bool:
        spent = monotonic() - self._begun
        if spent - self._told >= TOLD_EVERY_S:
            self._told = spent
            self._tell(min(99, int(100 * spent / self._seconds)))
        if best_cost < self._best:
            self._best, self._improved = best_cost, spent
        return spent >= self._seconds or spent - self._improved >= self._seconds / CALM


def _data(problem: Problem, trucks: list[Truck]) -> pyvrp.ProblemData:
    """Place 0 is the depot, 1 the landfill, the others are the stops."""
    places = [problem.depot, problem.landfill, *(one.at for one in problem.stops)]
    size = len(places)
    # Its stubs say of arrays what no array is.
    distances: Any = np.zeros((size, size), np.int64)
    durations: Any = np.zeros((size, size), np.int64)
    for row in range(size):
        for column in range(size):
            if row != column:
                distances[row, column], durations[row, column] = _way(problem, places, row, column)
    clients = [
        pyvrp.Client(
            location=place,
            pickup=[one.litres],
            service_duration=one.seconds,
            tw_early=one.early,
            tw_late=max(one.early, one.late),
            prize=PRIZE * one.weight,
            required=False,
        )
        for place, one in enumerate(problem.stops, 2)
    ]
    vehicles = [
        pyvrp.VehicleType(
            num_available=1,
            capacity=[one.litres],
            start_depot=0,
            end_depot=1,
            fixed_cost=TRUCK_M,
            tw_early=one.early,
            tw_late=one.late - home(problem),
            reload_depots=[1],
            max_reloads=one.trips - 1,
        )
        for one in trucks
    ]
    located = [pyvrp.Location(one.lon, one.lat) for one in places]
    return pyvrp.ProblemData(located, clients, [pyvrp.Depot(0), pyvrp.Depot(1)], vehicles, [distances], [durations])


def _way(problem: Problem, places: list[Point], start: int, end: int) -> tuple[int, int]:
    """Metres and seconds; unloading belongs to the way to the landfill."""
    unload = problem.unload_seconds if end == 1 else 0
    one, other = places[start], places[end]
    return metres(problem, one, other), travel(problem, one, other) + unload


def _found(problem: Problem, trucks: list[Truck], route: pyvrp.Route) -> Found:
    visits = [one for one in route.schedule() if one.is_client()]
    trips = groupby(visits, key=lambda one: one.trip)
    return Found(
        trucks[route.vehicle_type()].id,
        tuple(tuple(problem.stops[one.idx].id for one in trip) for _, trip in trips),
    )
