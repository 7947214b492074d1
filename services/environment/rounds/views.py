"""Plans as the contract has them."""

from services.environment.fleet.profile import fleet_of
from services.environment.rounds.actions import Shown
from services.environment.rounds.model import Hindrance, Plan, Round, Stop, StopState
from services.kit.database import Transaction
from services.kit.rpc import etag, protos
from smartcity.environment.v1 import rounds_pb2 as pb


def plan(tx: Transaction, one: Plan) -> pb.RoundPlan:
    """A plan without its rounds."""
    city, fleet = tx.runtime.city, fleet_of(tx.runtime.city)
    depot, landfill = fleet.depot(one.depot), fleet.landfill
    return pb.RoundPlan(
        id=str(one.id),
        depot=one.depot,
        depot_name=depot.name if depot else one.depot,
        depot_location=protos.point(depot.lon, depot.lat) if depot else None,
        landfill_location=protos.point(landfill.lon, landfill.lat) if landfill else None,
        landfill_name=landfill.name if landfill else "",
        day=one.day.isoformat(),
        edition=one.edition,
        state=protos.number(pb.RoundPlanState, one.state),
        phase=protos.number(pb.RoundPlanPhase, one.phase) if one.phase.value else pb.ROUND_PLAN_PHASE_UNSPECIFIED,
        percent=one.percent,
        failure=protos.number(pb.RoundPlanFailure, one.failure)
        if one.failure.value
        else pb.ROUND_PLAN_FAILURE_UNSPECIFIED,
        flooded=protos.areas(city, one.flooded),
        detour=one.detour,
        made_up=one.made_up,
        stops=one.stops,
        ticked=one.ticked,
        create_time=protos.timestamp(one.created_at),
        update_time=protos.timestamp(one.updated_at),
        etag=etag.of(one.version),
    )


def whole(tx: Transaction, shown: Shown) -> pb.RoundPlan:
    """A plan with its rounds, and with what it leaves out."""
    made = plan(tx, shown.plan)
    stops: dict[object, list[pb.RoundStop]] = {}
    for one in shown.stops:
        stops.setdefault(one.round, []).append(stop(tx, one, shown.hindered.get(one.id)))
    made.rounds.extend(_round(each, stops.get(each.id, [])) for each in shown.rounds)
    made.left_out.extend(stops.get(None, []))
    return made


def stop(tx: Transaction, one: Stop, hindrance: Hindrance | None = None) -> pb.RoundStop:
    """A stop."""
    return pb.RoundStop(
        id=str(one.id),
        kind=protos.number(pb.RoundStopKind, one.kind),
        state=protos.number(pb.RoundStopState, one.state),
        cause=protos.number(pb.RoundStopCause, one.cause),
        code=one.code,
        name=one.name,
        area=protos.area(tx.runtime.city, one.area),
        location=protos.point(one.lon, one.lat),
        volume=round(one.m3, 2),
        fill=one.fill,
        trip=one.trip,
        start_time=protos.timestamp(one.begins_at),
        end_time=protos.timestamp(one.ends_at),
        note=one.note,
        tick_time=protos.timestamp(one.ticked_at),
        etag=etag.of(one.version) if one.state is not StopState.LEFT_OUT else "",
        hindrance=protos.number(pb.RoundStopHindrance, hindrance) if hindrance else pb.ROUND_STOP_HINDRANCE_UNSPECIFIED,
    )


def _round(one: Round, stops: list[pb.RoundStop]) -> pb.Round:
    return pb.Round(
        id=str(one.id),
        truck=one.truck,
        name=one.name,
        capacity=one.m3,
        start_time=protos.timestamp(one.starts_at),
        end_time=protos.timestamp(one.ends_at),
        distance=one.metres,
        trips=one.trips,
        stops=stops,
        complete_time=protos.timestamp(one.completed_at),
    )
