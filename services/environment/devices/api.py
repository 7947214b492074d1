"""DeviceService over gRPC: proto -> action -> proto."""

from services.environment.devices import actions
from services.environment.devices.actions import Shown
from services.environment.devices.door import DOOR
from services.environment.resources import resources
from services.kit.context import Context
from services.kit.database import Transaction
from services.kit.errors import precondition
from services.kit.rpc import Call, after, etag, protos, rpc
from smartcity.environment.v1 import devices_pb2 as pb


@rpc
async def read(tx: Transaction, request: pb.GetDeviceRequest) -> pb.GetDeviceResponse:
    """Reads a device."""
    return pb.GetDeviceResponse(device=_view(await actions.get(tx, request.id)))


@rpc
async def page(tx: Transaction, request: pb.ListDevicesRequest) -> pb.ListDevicesResponse:
    """Lists devices."""
    found = await actions.page(tx, request.things, request.page_size, request.page_token)
    return pb.ListDevicesResponse(devices=map(_view, found.rows), next_page_token=found.token)


@rpc
async def issue(tx: Transaction, request: pb.IssueDeviceRequest) -> pb.IssueDeviceResponse:
    """Issues a credential."""
    _secret(tx.runtime)
    return pb.IssueDeviceResponse(device=_view(await actions.issue(tx, request.thing, request.name)))


@after(issue)
async def with_password(call: Call, answer: pb.IssueDeviceResponse) -> pb.IssueDeviceResponse:
    """Adds the password, which is stored nowhere: it is derived anew each time."""
    answer.password = _password(call, answer.device)
    return answer


@rpc
async def rotate(tx: Transaction, request: pb.RotateDeviceRequest) -> pb.RotateDeviceResponse:
    """Gives a new password."""
    return pb.RotateDeviceResponse(device=_view(await actions.rotate(tx, request.id, request.etag)))


@after(rotate)
async def with_new_password(call: Call, answer: pb.RotateDeviceResponse) -> pb.RotateDeviceResponse:
    """Adds the password, as ``with_password``."""
    answer.password = _password(call, answer.device)
    return answer


@rpc
async def revoke(tx: Transaction, request: pb.RevokeDeviceRequest) -> pb.RevokeDeviceResponse:
    """Revokes a device."""
    return pb.RevokeDeviceResponse(device=_view(await actions.revoke(tx, request.id, request.etag, request.reason)))


def _password(call: Call, device: pb.Device) -> str:
    return DOOR.password(_secret(call.runtime), device.id, device.generation)


def _secret(runtime: Context) -> bytes:
    """What passwords are derived from. Errors: DEVICES_OFF."""
    found = resources(runtime).device_secret
    if found is None:
        message = "This city takes no devices yet: its administrator sets SMARTCITY_DEVICE_SECRET (docs/operate.md)."
        raise precondition("DEVICES_OFF", message)
    return found


def _view(shown: Shown) -> pb.Device:
    device, thing, health = shown
    return pb.Device(
        id=device.id,
        thing=str(thing.id),
        thing_code=thing.code,
        agency=device.agency,
        generation=device.generation,
        last_arrival=protos.timestamp(health.arrived_at),
        clock_skew_seconds=health.skew,
        missing=health.missing,
        refused=health.refused,
        refusal=health.refusal,
        revoke_time=protos.timestamp(device.revoked_at),
        revoke_reason=device.reason,
        create_time=protos.timestamp(device.created_at),
        update_time=protos.timestamp(device.updated_at),
        etag=etag.of(device.version),
    )
