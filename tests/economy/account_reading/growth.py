"""Whole account numbers that are read, so that each statement is looked at."""

from smartcity.economy.v1 import merchants_pb2 as pb
from tests.economy.account_changes.asking import Asking
from tests.economy.conftest import BUSINESS_OFFICE, OWNER, TREASURER, RefusedError
from tests.fixtures.pillars import Served


async def _live(served: Served) -> None:
    asking = Asking(served)
    business = await asking.applied()
    await asking.asked(business)
    for caller in (BUSINESS_OFFICE, OWNER, TREASURER):
        try:
            await asking.call(pb.ReadSettlementAccountRequest(id=business.id), caller)
        except RefusedError:
            assert caller == TREASURER, "for whom nothing waits"


LIVES = {"account_reading": _live}
