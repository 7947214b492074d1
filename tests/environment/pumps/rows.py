"""Whom a pump station's commands concern: the agency that runs it."""

from typing import Any

from smartcity.environment.v1 import pumps_pb2 as pb
from tests.environment.conftest import DLH, DPU
from tests.environment.pumps.switching import WHY, Pumping
from tests.environment.sensing import Sensing
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id


async def _log(served: Served) -> Any:
    return pb.ListPumpCommandsRequest(id=(await Pumping.made(Sensing(served))).thing.id)


async def _switch(served: Served) -> Any:
    thing = (await Pumping.made(Sensing(served))).thing
    return pb.SwitchPumpsRequest(request_id=request_id(), id=thing.id, pumps=1, reason=WHY)


ROWS = {
    "PumpService.ListPumpCommands": Row(_log, (DPU, ADMIN), (DLH,)),
    "PumpService.SwitchPumps": Row(_switch, (DPU,), (DLH,)),
}
NOBODY_OWNS = {"PumpService.SwitchPumps": "a pump station is nobody's own matter"}
