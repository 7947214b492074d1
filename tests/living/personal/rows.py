"""Whom an export concerns: who asks, and nobody else."""

from typing import Any

from services.kit.caller import Caller
from smartcity.living.v1 import own_records_pb2 as pb
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import officer

SITI = Caller("citizen-siti", frozenset({"citizen"}))


async def _list(_: Served) -> Any:
    return pb.ListOwnRecordsRequest()


ROWS = {"OwnRecordService.ListOwnRecords": Row(_list, (SITI,), (officer("dlh"),), own=True)}
NOBODY_OWNS: dict[str, str] = {}
"""Why a change is no decision on a matter of somebody's own: there is none."""
