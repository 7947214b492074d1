"""RoundService over gRPC: proto -> action -> proto."""

from services.environment.fleet import listing
from services.environment.fleet.model import Depot
from services.environment.fleet.profile import fleet_of
from services.environment.rounds import actions, views
from services.environment.rounds.model import StopState
from services.kit.database import Transaction
from services.kit.rpc import one_statement, protos, rpc
from smartcity.environment.v1 import rounds_pb2 as pb


@rpc
@one_statement
async def page(tx: Transaction, request: pb.ListRoundPlansRequest) -> pb.ListRoundPlansResponse:
    """Lists plans, the newest first."""
    found = await actions.page(tx, request.depot, request.day, request.page_size, request.page_token)
    return pb.ListRoundPlansResponse(plans=[views.plan(tx, one) for one in found.rows], next_page_token=found.token)


@rpc
async def read(tx: Transaction, request: pb.GetRoundPlanRequest) -> pb.GetRoundPlanResponse:
    """Reads a plan with its rounds."""
    return pb.GetRoundPlanResponse(plan=views.whole(tx, await actions.get(tx, request.id)))


@rpc
@one_statement
async def depots(tx: Transaction, request: pb.ListDepotsRequest) -> pb.ListDepotsResponse:
    """Lists depots; officers of other agencies have none."""
    fleet = fleet_of(tx.runtime.city)
    found = listing.depots(fleet if tx.allows(fleet.agency) else None, request.page_size, request.page_token)
    made = [_depot(one, fleet.agency, made_up=fleet.made_up) for one in found.rows]
    return pb.ListDepotsResponse(depots=made, next_page_token=found.token)


@rpc
async def plan(tx: Transaction, request: pb.PlanRoundsRequest) -> pb.PlanRoundsResponse:
    """Asks for a plan."""
    return pb.PlanRoundsResponse(plan=views.plan(tx, await actions.plan(tx, request.depot, request.day)))


@rpc
async def tick(tx: Transaction, request: pb.TickStopRequest) -> pb.TickStopResponse:
    """Ticks a stop off, or takes its tick back."""
    state = protos.member(pb.RoundStopState, request.state, StopState)
    at = protos.instant(request.time) if request.HasField("time") else None
    after = await actions.tick(tx, request.id, request.etag, state, request.note, at)
    return pb.TickStopResponse(stop=views.stop(tx, after))


def _depot(one: Depot, agency: str, *, made_up: bool) -> pb.Depot:
    return pb.Depot(
        id=one.id,
        name=one.name,
        agency=agency,
        location=protos.point(one.lon, one.lat),
        trucks=[
            pb.DepotTruck(
                id=truck.id,
                name=truck.name,
                capacity=truck.m3,
                since=f"{truck.since:%H:%M}",
                until=f"{truck.until:%H:%M}",
                trips=truck.trips,
            )
            for truck in one.trucks
        ],
        made_up=made_up,
    )
