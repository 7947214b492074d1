"""Whom followers concern: nobody of the city."""

from typing import Any

from smartcity.society.v1 import followers_pb2 as pb
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import request_id
from tests.society.taking_part import DLH, SITI, Society


async def _create(served: Served) -> Any:
    runtime = served.runtime
    runtime.settings = runtime.settings.model_copy(update={"smtp_url": "smtp://mail.test:25"})  # no timer sends here
    code = (await Society(served).published()).code
    return pb.CreateFollowerRequest(request_id=request_id(), code=code, email="siti@contoh.id")


ROWS = {"FollowerService.CreateFollower": Row(_create, (SITI, DLH), own=True)}
NOBODY_OWNS = {
    "FollowerService.CreateFollower": "asking for news is everybody's right",
    "FollowerService.ConfirmFollower": "whoever holds the link",
    "FollowerService.EndFollower": "whoever holds the link",
}
"""Why a change is no decision on a matter of somebody's own."""
