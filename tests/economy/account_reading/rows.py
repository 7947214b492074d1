"""Whom a whole account number concerns: whose business it is, and the agency that checks another account."""

from typing import Any

from smartcity.economy.v1 import merchants_pb2 as pb
from tests.economy.account_changes.asking import Asking
from tests.economy.conftest import ADMIN, BUSINESS_OFFICE, MARKETS, OWNER
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served


async def _read(served: Served) -> Any:
    await served.admin.execute("UPDATE economy.merchant SET state = 'closed' WHERE owner <> ''")
    asking = Asking(served)
    business = await asking.applied()
    await asking.asked(business)
    return pb.ReadSettlementAccountRequest(id=business.id)


ROWS = {"MerchantService.ReadSettlementAccount": Row(_read, (OWNER, BUSINESS_OFFICE, ADMIN), (MARKETS,))}
NOBODY_OWNS = {"MerchantService.ReadSettlementAccount": "reads; one's own account is one's own to read"}
