"""Whom a rule concerns: the agency that runs the thing, and the administrators."""

from typing import Any

from smartcity.environment.v1 import rules_pb2 as pb
from tests.environment.conftest import DLH, DPU
from tests.environment.sensing import Sensing
from tests.environment.watching.watched import WHY, Watched, terms
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id

LEVEL = terms(limit=1.7)


async def _add(served: Served) -> Any:
    made = await Sensing(served).datastream()
    return pb.AddRuleRequest(
        request_id=request_id(),
        datastream=made.id,
        name="siaga",
        kind=pb.RULE_KIND_THRESHOLD,
        terms=LEVEL,
        reason=WHY,
    )


async def _change(served: Served) -> Any:
    made = await (await Watched.made(Sensing(served))).rule()
    return pb.ChangeRuleRequest(request_id=request_id(), id=made.id, etag=made.etag, terms=LEVEL, reason=WHY)


async def _versions(served: Served) -> Any:
    return pb.ListRuleVersionsRequest(id=(await (await Watched.made(Sensing(served))).rule()).id)


async def _simulate(served: Served) -> Any:
    made = await Sensing(served).datastream()
    return pb.SimulateRuleRequest(datastream=made.id, kind=pb.RULE_KIND_THRESHOLD, terms=LEVEL)


ROWS = {
    "RuleService.AddRule": Row(_add, (DPU, ADMIN), (DLH,)),
    "RuleService.ChangeRule": Row(_change, (DPU, ADMIN), (DLH,)),
    "RuleService.ListRuleVersions": Row(_versions, (DPU, ADMIN), (DLH,)),
    "RuleService.SimulateRule": Row(_simulate, (DPU, DLH, ADMIN)),
}
NOBODY_OWNS = dict.fromkeys(("RuleService.AddRule", "RuleService.ChangeRule"), "a rule knows no person")
