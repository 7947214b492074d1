"""Whom a thing concerns: the agency that runs it, and the administrators."""

from typing import Any

from smartcity.environment.v1 import things_pb2 as pb
from tests.environment.conftest import DLH, DPU, POINT
from tests.environment.sensing import Sensing
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id

WHY = "Diganti alat baru di seberang."


async def _move(served: Served) -> Any:
    thing = await Sensing(served).thing()
    return pb.MoveThingRequest(request_id=request_id(), id=thing.id, etag=thing.etag, location=POINT, note=WHY)


async def _retire(served: Served) -> Any:
    thing = await Sensing(served).thing()
    return pb.RetireThingRequest(request_id=request_id(), id=thing.id, etag=thing.etag, reason=WHY)


async def _register(served: Served) -> Any:
    code = f"duga-{request_id()[-12:]}"
    kind = pb.THING_KIND_RAIN_GAUGE
    return pb.RegisterThingRequest(request_id=request_id(), code=f"d{code}", kind=kind, name="Penakar", location=POINT)


ROWS = {
    "ThingService.RegisterThing": Row(_register, (DPU, DLH)),
    "ThingService.MoveThing": Row(_move, (DPU, ADMIN), (DLH,)),
    "ThingService.RetireThing": Row(_retire, (DPU, ADMIN), (DLH,)),
}
NOBODY_OWNS = {
    "ThingService.RegisterThing": "a thing knows no person",
    "ThingService.MoveThing": "a thing knows no person",
    "ThingService.RetireThing": "a thing knows no person",
}
