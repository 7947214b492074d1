"""Whether a plan can be driven: judged by the rules alone, from what it says, whoever has made it."""

from collections import Counter
from collections.abc import Iterator

from services.environment.routing.model import Plan, Problem, Round, home, travel


def faults(problem: Problem, plan: Plan) -> list[str]:
    """All that is wrong with a plan; nothing where it can be driven."""
    return [*_of_stops(problem, plan), *(fault for one in plan.rounds for fault in _of_round(problem, one))]


def _of_stops(problem: Problem, plan: Plan) -> Iterator[str]:
    """Each stop once: on a round, or left with a reason."""
    told = Counter([visit.stop for one in plan.rounds for visit in one.visits] + [one.stop for one in plan.left])
    known = {one.id for one in problem.stops}
    yield from (f"stop {id_} is there {count} times" for id_, count in told.items() if count > 1)
    yield from (f"stop {id_} is unknown" for id_ in told if id_ not in known)
    yield from (f"stop {id_} is forgotten" for id_ in sorted(known - told.keys()))
    yield from (f"stop {one.stop} is left without a reason" for one in plan.left if not one.why)
    trucks = Counter(one.truck for one in plan.rounds)
    yield from (f"truck {id_} has {count} rounds" for id_, count in trucks.items() if count > 1)


def _of_round(problem: Problem, one: Round) -> Iterator[str]:
    """Capacity of each trip, hours of each stop, and the way between them."""
    trucks, stops = {each.id: each for each in problem.trucks}, {each.id: each for each in problem.stops}
    truck = trucks.get(one.truck)
    if truck is None:
        yield f"truck {one.truck} is unknown"
        return
    known = [visit for visit in one.visits if visit.stop in stops]
    loads: Counter[int] = Counter()
    at, now, trip = problem.depot, one.starts, 1
    for visit in known:
        stop = stops[visit.stop]
        if visit.trip != trip:
            if visit.trip < trip:
                yield f"truck {truck.id} goes back to trip {visit.trip}"
            now += travel(problem, at, problem.landfill) + problem.unload_seconds
            at, trip = problem.landfill, visit.trip
        loads[trip] += stop.litres
        if visit.begins < now + travel(problem, at, stop.at):
            yield f"truck {truck.id} is at {stop.id} before it can be"
        if not stop.early <= visit.begins <= stop.late:
            yield f"truck {truck.id} is at {stop.id} outside its hours"
        if visit.ends < visit.begins + stop.seconds:
            yield f"truck {truck.id} leaves {stop.id} too soon"
        at, now = stop.at, visit.ends
    yield from (f"truck {truck.id} carries too much" for litres in loads.values() if litres > truck.litres)
    if len(loads) > truck.trips:
        yield f"truck {truck.id} makes too many trips"
    back = now + travel(problem, at, problem.landfill) + problem.unload_seconds + home(problem)
    if one.starts < truck.early or one.ends < back or one.ends > truck.late:
        yield f"truck {truck.id} is out beyond its working time"
