"""Whom it concerns what somebody supports: nobody but them."""

from typing import Any

from smartcity.society.v1 import supports_pb2 as pb
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import request_id
from tests.society.taking_part import DLH, SITI


async def _list(_: Served) -> Any:
    return pb.ListSupportsRequest()


async def _see(_: Served) -> Any:
    return pb.SeeSupportsRequest(request_id=request_id())


ROWS = {
    "SupportService.ListSupports": Row(_list, (SITI, DLH), own=True),
    "SupportService.SeeSupports": Row(_see, (SITI, DLH), own=True),
}
NOBODY_OWNS = {"SupportService.SeeSupports": "is said of what the caller supports"}
