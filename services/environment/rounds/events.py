"""Builds the event messages of rounds. Nobody's name and no complaint is in them."""

from services.environment.rounds.model import Plan, Round, StopState
from services.kit.city import City
from services.kit.rpc import protos
from smartcity.environment.v1 import events_pb2


def planned(plan: Plan, city: City, rounds: int, left_out: int) -> events_pb2.RoundPlanned:
    """The rounds of a depot's day are planned."""
    return events_pb2.RoundPlanned(
        id=str(plan.id),
        depot=plan.depot,
        day=plan.day.isoformat(),
        edition=plan.edition,
        rounds=rounds,
        stops=plan.stops,
        left_out=left_out,
        flooded=protos.areas(city, plan.flooded),
    )


def completed(plan: Plan, one: Round, counted: dict[StopState, int]) -> events_pb2.RoundCompleted:
    """All stops of a truck's round are ticked off."""
    return events_pb2.RoundCompleted(
        id=str(one.id),
        plan=str(plan.id),
        depot=plan.depot,
        truck=one.truck,
        day=plan.day.isoformat(),
        done=counted.get(StopState.DONE, 0),
        unreachable=counted.get(StopState.UNREACHABLE, 0),
    )
