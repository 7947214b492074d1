"""Whom counts concern: the office that answers for destinations, its gates, and the administrators."""

from typing import Any

from services.kit.caller import Caller
from services.kit.ids import uuid7
from smartcity.branding.v1 import visits_pb2 as pb
from tests.branding.city_events.stage import DINKES, WRITER
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN

GATE = Caller("gate-1", frozenset({"operator"}), "disbudpar")
OTHER_GATE = Caller("gate-2", frozenset({"operator"}), "dishub")


async def _counting(_: Served) -> Any:
    return pb.CountVisitsRequest(counts=[pb.VisitCount(id=str(uuid7()), destination="lawang-sewu", visits=1)])


ROWS = {"VisitService.CountVisits": Row(_counting, (WRITER, GATE, ADMIN), (DINKES, OTHER_GATE))}
NOBODY_OWNS = {"VisitService.CountVisits": "a count names no person"}
"""Why a change is no decision on a matter of somebody's own."""
