"""Whom a consent concerns: who gives it."""

from typing import Any

from smartcity.society.v1 import consents_pb2 as pb
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import request_id
from tests.society.residents.people import DLH, SITI


async def _list(served: Served) -> Any:
    return pb.ListConsentsRequest()


async def _give(served: Served) -> Any:
    return pb.GiveConsentRequest(request_id=request_id(), purpose="transit")


async def _withdraw(served: Served) -> Any:
    return pb.WithdrawConsentRequest(request_id=request_id(), purpose="transit")


ROWS = {
    "ConsentService.ListConsents": Row(_list, (SITI,), (DLH,), own=True),
    "ConsentService.GiveConsent": Row(_give, (SITI,), (DLH,), own=True),
    "ConsentService.WithdrawConsent": Row(_withdraw, (SITI,), (DLH,), own=True),
}
NOBODY_OWNS: dict[str, str] = {}
"""Why a change is no decision on a matter of somebody's own: none is by staff."""
