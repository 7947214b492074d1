"""Whom a device concerns: the agency that runs its thing, and the administrators."""

from typing import Any

from smartcity.environment.v1 import devices_pb2 as pb
from tests.environment.conftest import DLH, DPU
from tests.environment.sensing import Sensing
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id


async def _read(served: Served) -> Any:
    return pb.GetDeviceRequest(id=(await Sensing(served).device()).device.id)


async def _issue(served: Served) -> Any:
    thing = await Sensing(served).thing()
    return pb.IssueDeviceRequest(request_id=request_id(), thing=thing.id, name=f"{thing.code}-1")


async def _rotate(served: Served) -> Any:
    device = (await Sensing(served).device()).device
    return pb.RotateDeviceRequest(request_id=request_id(), id=device.id, etag=device.etag)


async def _revoke(served: Served) -> Any:
    device = (await Sensing(served).device()).device
    why = "Alat dicuri semalam."
    return pb.RevokeDeviceRequest(request_id=request_id(), id=device.id, etag=device.etag, reason=why)


ROWS = {
    "DeviceService.GetDevice": Row(_read, (DPU, ADMIN), (DLH,)),
    "DeviceService.IssueDevice": Row(_issue, (DPU, ADMIN), (DLH,)),
    "DeviceService.RotateDevice": Row(_rotate, (DPU, ADMIN), (DLH,)),
    "DeviceService.RevokeDevice": Row(_revoke, (DPU, ADMIN), (DLH,)),
}
NOBODY_OWNS = {name: "a device knows no person" for name in ROWS if not name.endswith("GetDevice")}
