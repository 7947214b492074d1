"""Whom plans concern: the agency that collects waste, and the administrators."""

from typing import Any

from smartcity.environment.v1 import rounds_pb2 as pb
from smartcity.types.v1 import place_pb2
from tests.environment.conftest import DLH, DPU
from tests.environment.rounds.collecting import DEPOT, Collecting, stops
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id

KEMIJEN = place_pb2.Area(code="33.74.03.1001", name="Kemijen", district="Semarang Timur")
IN_KEMIJEN = place_pb2.Point(lon=110.4389, lat=-6.9610)


async def _plan(served: Served) -> Any:
    await served.runtime.pool.execute("UPDATE round_plan SET state = 'failed' WHERE state = 'planning'")
    return pb.PlanRoundsRequest(request_id=request_id(), depot="tambakaji")


async def _read(served: Served) -> Any:
    return pb.GetRoundPlanRequest(id=(await _planned(served)).id)


async def _tick(served: Served) -> Any:
    waiting = (one for one in stops(await _planned(served)) if one.state == pb.ROUND_STOP_STATE_OPEN)
    stop = next(waiting)
    return pb.TickStopRequest(request_id=request_id(), id=stop.id, etag=stop.etag, state=pb.ROUND_STOP_STATE_DONE)


async def _planned(served: Served) -> pb.RoundPlan:
    """One plan for all, with more stops than anybody ticks off."""
    collecting = Collecting(served)
    found = (await collecting.call(pb.ListRoundPlansRequest(depot=DEPOT))).plans
    if found:
        return await collecting.read(found[0].id)
    for number in range(12):
        await collecting.job(9_000 + number, area=KEMIJEN, location=IN_KEMIJEN)
    return await collecting.planned()


ROWS = {
    "RoundService.GetRoundPlan": Row(_read, (DLH, ADMIN), (DPU,)),
    "RoundService.PlanRounds": Row(_plan, (DLH, ADMIN), (DPU,)),
    "RoundService.TickStop": Row(_tick, (DLH, ADMIN), (DPU,)),
}
NOBODY_OWNS = {
    "RoundService.PlanRounds": "a plan knows no person",
    "RoundService.TickStop": "a stop knows no person; a clean-up job behind it is not completed by it",
}
