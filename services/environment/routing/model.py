"""What rounds are made of, and the arithmetic of distance and time. Pure; times are seconds since midnight.

A truck leaves its depot empty, goes from stop to stop, unloads at the landfill as often as it is full and its trips
allow, and always before it comes back. Distances are straight lines times a factor; nothing here knows a street.
"""

from collections.abc import Sequence
from math import asin, ceil, cos, radians, sin, sqrt

from msgspec import Struct

EARTH_M = 6_371_008.8
"""Mean radius (IUGG)."""


class Point(Struct, frozen=True):
    """WGS 84 degrees."""

    lon: float
    lat: float


class Stop(Struct, frozen=True):
    """Something to be taken along once, or not at all. ``litres`` of waste; it may begin from ``early`` to ``late``."""

    id: str
    at: Point
    litres: int
    seconds: int
    """How long loading takes."""
    early: int
    late: int
    weight: int = 1
    """How much it matters beside others, 1 to 10."""


class Truck(Struct, frozen=True):
    """A truck and its day: it leaves not before ``early`` and is back by ``late``."""

    id: str
    litres: int
    early: int
    late: int
    trips: int
    """How often it may unload."""


class Problem(Struct, frozen=True):
    """A day of a depot."""

    depot: Point
    landfill: Point
    unload_seconds: int
    detour: float
    """A road is this many times as long as the straight line."""
    speed: float
    """Metres in a second, on average."""
    stops: tuple[Stop, ...]
    trucks: tuple[Truck, ...]


class Found(Struct, frozen=True):
    """Where a truck goes: the ids of its stops in order, trip by trip."""

    truck: str
    trips: tuple[tuple[str, ...], ...]


class Visit(Struct, frozen=True):
    """A stop on a round, when loading begins and when it is over."""

    stop: str
    trip: int
    begins: int
    ends: int


class Round(Struct, frozen=True):
    """A truck's day."""

    truck: str
    starts: int
    ends: int
    metres: int
    visits: tuple[Visit, ...]


class Rest(Struct, frozen=True):
    """A stop that nobody takes along, and why."""

    stop: str
    why: str


TOO_LARGE = "too_large"
"""No truck holds it."""
OUT_OF_HOURS = "out_of_hours"
"""No truck gets there, and back, in its working time and the stop's own."""
NO_ROOM = "no_room"
"""One could, but the trucks' day is full."""


class Plan(Struct, frozen=True):
    """The rounds of a day, and what is left."""

    rounds: tuple[Round, ...]
    left: tuple[Rest, ...]


def metres(problem: Problem, one: Point, other: Point) -> int:
    """How far it is by road, as far as we know: the great circle times the factor, rounded up."""
    lat1, lat2 = radians(one.lat), radians(other.lat)
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin(radians(other.lon - one.lon) / 2) ** 2
    return ceil(2 * EARTH_M * asin(min(1.0, sqrt(half))) * problem.detour)


def travel(problem: Problem, one: Point, other: Point) -> int:
    """How long the way takes, in seconds, rounded up."""
    return ceil(metres(problem, one, other) / problem.speed)


def home(problem: Problem) -> int:
    """How long the way from the landfill to the depot takes."""
    return travel(problem, problem.landfill, problem.depot)


def planned(problem: Problem, found: Sequence[Found]) -> Plan:
    """The plan that goes where ``found`` says, each step as early as it can be, and why the others are left."""
    trucks = {one.id: one for one in problem.trucks}
    rounds = tuple(_round(problem, trucks[one.truck], one.trips) for one in found if any(one.trips))
    taken = {visit.stop for one in rounds for visit in one.visits}
    left = tuple(Rest(one.id, why(problem, one)) for one in problem.stops if one.id not in taken)
    return Plan(rounds, left)


def why(problem: Problem, stop: Stop) -> str:
    """Why a stop that is left was left."""
    large_enough = [one for one in problem.trucks if one.litres >= stop.litres and one.trips > 0]
    if problem.trucks and not large_enough:
        return TOO_LARGE
    return NO_ROOM if any(_alone(problem, one, stop) for one in large_enough) else OUT_OF_HOURS


def _alone(problem: Problem, truck: Truck, stop: Stop) -> bool:
    """Whether a truck could take it along if it did nothing else."""
    begins = max(truck.early + travel(problem, problem.depot, stop.at), stop.early)
    unloaded = begins + stop.seconds + travel(problem, stop.at, problem.landfill) + problem.unload_seconds
    return begins <= stop.late and unloaded + home(problem) <= truck.late


def _round(problem: Problem, truck: Truck, trips: Sequence[Sequence[str]]) -> Round:
    stops = {one.id: one for one in problem.stops}
    driven = [[stops[id_] for id_ in trip] for trip in trips if trip]
    first = driven[0][0]
    starts = max(truck.early, first.early - travel(problem, problem.depot, first.at))
    at, now, way, visits = problem.depot, starts, 0, []
    for number, trip in enumerate(driven, 1):
        for stop in trip:
            begins = max(now + travel(problem, at, stop.at), stop.early)
            way += metres(problem, at, stop.at)
            at, now = stop.at, begins + stop.seconds
            visits.append(Visit(stop.id, number, begins, now))
        now += travel(problem, at, problem.landfill) + problem.unload_seconds
        way += metres(problem, at, problem.landfill)
        at = problem.landfill
    way += metres(problem, at, problem.depot)
    return Round(truck.id, starts, now + home(problem), way, tuple(visits))
