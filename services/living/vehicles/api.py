"""The registrations of VehicleService over gRPC: proto -> action -> proto."""

from collections.abc import Mapping

from services.kit.context import Context
from services.kit.database import Transaction
from services.kit.errors import precondition
from services.kit.rpc import Call, after, etag, protos, rpc
from services.living.positions import store as positions
from services.living.positions.store import Position
from services.living.resources import resources
from services.living.vehicles import actions, store
from services.living.vehicles.door import DOOR, user
from services.living.vehicles.model import Told, Vehicle, VehicleAccess
from services.living.vehicles.store import Refusals
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
    ids = [one.id for one in found.rows]
    told, refused = await positions.positions(tx, ids), await store.refusals(tx, ids)
    return pb.ListVehicleRegistrationsResponse(
        registrations=[_view(one, told, refused) for one in found.rows], next_page_token=found.token
    )


@rpc
async def register(tx: Transaction, request: pb.RegisterVehicleRequest) -> pb.RegisterVehicleResponse:
    """Registers a vehicle."""
    made = await actions.register(tx, request.id, request.agency, _told(request), simulated=request.simulated)
    return pb.RegisterVehicleResponse(registration=await _shown(tx, made))


@rpc
async def update(tx: Transaction, request: pb.UpdateVehicleRequest) -> pb.UpdateVehicleResponse:
    """Corrects a registration."""
    done = await actions.update(tx, request.id, request.etag, _told(request))
    return pb.UpdateVehicleResponse(registration=await _shown(tx, done))


@rpc
async def retire(tx: Transaction, request: pb.RetireVehicleRequest) -> pb.RetireVehicleResponse:
    """Retires a vehicle."""
    done = await actions.retire(tx, request.id, request.etag, request.reason)
    return pb.RetireVehicleResponse(registration=await _shown(tx, done))


@rpc
async def issue_credential(
    tx: Transaction, request: pb.IssueVehicleCredentialRequest
) -> pb.IssueVehicleCredentialResponse:
    """Issues a credential, the first or another."""
    _secret(tx.runtime)
    issued = await actions.issue_credential(tx, request.id, request.etag)
    return pb.IssueVehicleCredentialResponse(registration=await _shown(tx, issued), user=user(issued.id))


@after(issue_credential)
async def with_password(call: Call, answer: pb.IssueVehicleCredentialResponse) -> pb.IssueVehicleCredentialResponse:
    """Adds the password, which is stored nowhere: it is derived anew each time."""
    issued = answer.registration
    answer.password = DOOR.password(_secret(call.runtime), issued.id, issued.generation)
    return answer


@rpc
async def revoke_credential(
    tx: Transaction, request: pb.RevokeVehicleCredentialRequest
) -> pb.RevokeVehicleCredentialResponse:
    """Revokes a credential."""
    done = await actions.revoke_credential(tx, request.id, request.etag)
    return pb.RevokeVehicleCredentialResponse(registration=await _shown(tx, done))


def _secret(runtime: Context) -> bytes:
    """What passwords are derived from. Errors: VEHICLE_CREDENTIALS_OFF."""
    found = resources(runtime).vehicle_secret
    if found is None:
        message = (
            "In this city no vehicle tells where it is by itself yet: its administrator sets SMARTCITY_VEHICLE_SECRET "
            "(docs/operate.md). The operator's system tells for all of them at /v1/vehicle-positions."
        )
        raise precondition("VEHICLE_CREDENTIALS_OFF", message)
    return found


def _told(request: pb.RegisterVehicleRequest | pb.UpdateVehicleRequest) -> Told:
    known = departures_pb2.TransitAccess
    return Told(
        label=" ".join(request.label.split()),
        plate=" ".join(request.plate.split()),
        access=protos.member(known, request.accessible, VehicleAccess) if request.accessible else VehicleAccess.UNKNOWN,
        capacity=request.capacity,
    )


async def _shown(tx: Transaction, vehicle: Vehicle) -> pb.VehicleRegistration:
    told, refused = await positions.positions(tx, [vehicle.id]), await store.refusals(tx, [vehicle.id])
    return _view(vehicle, told, refused)


def _view(vehicle: Vehicle, told: Mapping[str, Position], refused: Mapping[str, Refusals]) -> pb.VehicleRegistration:
    position, refusals = told.get(vehicle.id), refused.get(vehicle.id)
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
        generation=vehicle.generation,
        credential_revoke_time=protos.timestamp(vehicle.revoked_at),
        refused=refusals.refused if refusals else 0,
        refusal=refusals.refusal if refusals else "",
        refusal_time=protos.timestamp(refusals.at if refusals else None),
    )
