"""The registrations of VehicleService over gRPC: proto -> action -> proto."""

from collections.abc import Mapping

from services.kit.database import Transaction
from services.kit.rpc import etag, protos, rpc
from services.living.positions import store as positions
from services.living.positions.store import Position
from services.living.vehicles import actions
from services.living.vehicles.model import Access, Vehicle
from smartcity.living.v1 import departures_pb2
from smartcity.living.v1 import vehicles_pb2 as pb


@rpc
async def read(tx: Transaction, request: pb.GetVehicleRegistrationRequest) -> pb.GetVehicleRegistrationResponse:
    """Reads a registration."""
    return pb.GetVehicleRegistrationResponse(registration=await _shown(tx, await actions.get(tx, request.id)))


@rpc
async def page(tx: Transaction, request: pb.ListVehicleRegistrationsRequest) -> pb.ListVehicleRegistrationsResponse:
    """Lists registrations."""
    found = await actions.page(tx, request.page_size, request.page_token)
    told = await positions.positions(tx, [one.id for one in found.rows])
    return pb.ListVehicleRegistrationsResponse(
        registrations=[_view(one, told) for one in found.rows], next_page_token=found.token
    )


@rpc
async def register(tx: Transaction, request: pb.RegisterVehicleRequest) -> pb.RegisterVehicleResponse:
    """Registers a vehicle."""
    made = await actions.register(
        tx,
        request.id,
        " ".join(request.label.split()),
        " ".join(request.plate.split()),
        request.agency,
        protos.member(departures_pb2.TransitAccess, request.accessible, Access)
        if request.accessible
        else Access.UNKNOWN,
        request.capacity,
        simulated=request.simulated,
    )
    return pb.RegisterVehicleResponse(registration=_view(made, {}))


@rpc
async def retire(tx: Transaction, request: pb.RetireVehicleRequest) -> pb.RetireVehicleResponse:
    """Retires a vehicle."""
    done = await actions.retire(tx, request.id, request.etag, request.reason)
    return pb.RetireVehicleResponse(registration=_view(done, {}))


async def _shown(tx: Transaction, vehicle: Vehicle) -> pb.VehicleRegistration:
    return _view(vehicle, await positions.positions(tx, [vehicle.id]))


def _view(vehicle: Vehicle, told: Mapping[str, Position]) -> pb.VehicleRegistration:
    position = told.get(vehicle.id)
    return pb.VehicleRegistration(
        id=vehicle.id,
        label=vehicle.label,
        plate=vehicle.plate,
        agency=vehicle.agency,
        accessible=protos.number(departures_pb2.TransitAccess, vehicle.access),
        capacity=vehicle.capacity,
        simulated=vehicle.simulated,
        position_time=protos.timestamp(position.at if position else None),
        retire_time=protos.timestamp(vehicle.retired_at),
        retire_reason=vehicle.reason,
        create_time=protos.timestamp(vehicle.created_at),
        update_time=protos.timestamp(vehicle.updated_at),
        etag=etag.of(vehicle.version),
    )
