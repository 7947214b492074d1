"""UnitService over gRPC, what has to do with incidents: proto -> action -> proto."""

from services.governance.assignments import actions
from services.governance.incidents import store as incidents
from services.governance.incidents.model import Incident, of_each_service
from services.governance.units import views
from services.governance.units.model import State, Unit
from services.kit.database import Transaction
from services.kit.rpc import etag, protos, rpc
from smartcity.governance.v1 import units_pb2 as pb


@rpc
async def assign(tx: Transaction, request: pb.AssignUnitRequest) -> pb.AssignUnitResponse:
    """Sends one."""
    done = await actions.assign(tx, request.code, request.etag, request.incident)
    return pb.AssignUnitResponse(unit=await _shown(tx, done))


@rpc
async def move(tx: Transaction, request: pb.MoveUnitRequest) -> pb.MoveUnitResponse:
    """Moves one."""
    to = protos.member(pb.UnitState, request.state, State)
    return pb.MoveUnitResponse(unit=await _shown(tx, await actions.move(tx, request.code, request.etag, to)))


@rpc
async def confirm(tx: Transaction, request: pb.ConfirmUnitRequest) -> pb.ConfirmUnitResponse:
    """Answers a welfare check."""
    return pb.ConfirmUnitResponse(unit=await _shown(tx, await actions.confirm(tx, request.code, request.etag)))


@rpc
async def own(tx: Transaction, request: pb.GetOwnUnitRequest) -> pb.GetOwnUnitResponse:
    """Reads the caller's."""
    unit, incident = await actions.own(tx)
    if unit is None:
        return pb.GetOwnUnitResponse()
    job = await _job(tx, unit, incident) if incident else None
    return pb.GetOwnUnitResponse(unit=await _shown(tx, unit), job=job)


async def _job(tx: Transaction, unit: Unit, one: Incident) -> pb.UnitJob:
    clocks = of_each_service(await incidents.clocks(tx, [one.id]))
    due = next((clock.due_at for clock in clocks if clock.service == unit.service and clock.needed), None)
    return pb.UnitJob(
        incident=str(one.id),
        number=one.number,
        kind=one.kind,
        priority=one.priority,
        place=one.place,
        area=protos.area(tx.runtime.city, one.area),
        location=protos.point(one.lon, one.lat),
        note=await actions.known_of(tx, one),
        exercise=one.exercise,
        due_time=protos.timestamp(due),
        etag=etag.of(one.version),
        paper=one.paper,
    )


async def _shown(tx: Transaction, unit: Unit) -> pb.Unit:
    (shown,) = await views.several(tx, [unit])
    return shown
