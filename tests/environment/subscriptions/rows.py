"""Whom mails of warnings concern: a subscription nobody of the city, and how far a warning has come those who warn."""

from typing import Any

from smartcity.environment.v1 import warning_subscriptions_pb2 as pb
from tests.environment.conftest import DLH, DPU
from tests.environment.warnings.warning import AWAS, BPBD, ELSEWHERE, Warnings
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN


async def _mails(served: Served) -> Any:
    return pb.GetWarningMailsRequest(id=(await Warnings(served).in_force(level=AWAS, areas=next(ELSEWHERE))).id)


ROWS = {"WarningSubscriptionService.GetWarningMails": Row(_mails, (BPBD, ADMIN), (DLH, DPU))}
NOBODY_OWNS = {
    "WarningSubscriptionService.CreateWarningSubscription": "asking for warnings is everybody's right",
    "WarningSubscriptionService.ConfirmWarningSubscription": "whoever holds the link",
    "WarningSubscriptionService.EndWarningSubscription": "whoever holds the link",
}
"""Why a change is no decision on a matter of somebody's own."""
