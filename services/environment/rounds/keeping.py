"""What a plan's rounds and stops are, once they have been found. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from services.environment.fleet.model import Truck
from services.environment.rounds.candidates import Candidate, Day
from services.environment.rounds.model import Cause, Plan, Round, Stop, StopState
from services.environment.routing import model as routing
from services.kit import ids


def kept(plan: Plan, day: Day, found: Sequence[Candidate], made: routing.Plan) -> tuple[list[Round], list[Stop]]:
    """The rounds of a plan with their stops, and each candidate that is on none with its reason."""
    trucks, rest = {one.id: one for one in day.depot.trucks}, {one.key: one for one in found}
    rounds: list[Round] = []
    stops: list[Stop] = []
    for one in made.rounds:
        driven = _round(plan, day, trucks, one)
        rounds.append(driven)
        for place, visit in enumerate(one.visits, 1):
            stops.append(_visited(plan, day, rest.pop(visit.stop), driven.id, place, visit))
    why = {one.stop: Cause(one.why) for one in made.left}
    for key, candidate in rest.items():
        # Of more than are searched for, those that matter least have no room.
        stops.append(_stop(plan, candidate, candidate.left or why.get(key, Cause.NO_ROOM), StopState.LEFT_OUT))
    return rounds, stops


def _round(plan: Plan, day: Day, trucks: Mapping[str, Truck], one: routing.Round) -> Round:
    truck = trucks[one.truck]
    return Round(
        id=ids.uuid7(),
        version=1,
        plan=plan.id,
        truck=truck.id,
        name=truck.name,
        m3=truck.m3,
        starts_at=day.moment(one.starts),
        ends_at=day.moment(one.ends),
        metres=one.metres,
        trips=max(visit.trip for visit in one.visits),
    )


def _visited(plan: Plan, day: Day, one: Candidate, round_: UUID, place: int, visit: routing.Visit) -> Stop:
    return replace(
        _stop(plan, one, one.cause, StopState.OPEN),
        round=round_,
        place=place,
        trip=visit.trip,
        begins_at=day.moment(visit.begins),
        ends_at=day.moment(visit.ends),
    )


def _stop(plan: Plan, one: Candidate, cause: Cause, state: StopState) -> Stop:
    return Stop(
        id=ids.uuid7(),
        version=1,
        plan=plan.id,
        kind=one.kind,
        subject=one.subject,
        code=one.code,
        name=one.name,
        area=one.area,
        lon=one.lon,
        lat=one.lat,
        m3=one.m3,
        fill=one.fill,
        cause=cause,
        state=state,
        part=one.part,
    )
