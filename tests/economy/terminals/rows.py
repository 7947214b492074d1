"""Whom a till concerns: whose business it is."""

from typing import Any

from smartcity.economy.v1 import merchants_pb2 as pb
from tests.economy.account_changes.asking import Asking
from tests.economy.conftest import BUSINESS_OFFICE, MARKETS, OWNER
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import request_id


async def _change(served: Served) -> Any:
    await served.admin.execute("UPDATE economy.merchant SET state = 'closed' WHERE owner <> ''")
    asking = Asking(served)
    merchant, till = await asking.applied(), pb.Terminal(label="T1")
    await asking.call(pb.CreateTerminalRequest(merchant=merchant.id, terminal=till))
    return pb.UpdateTerminalRequest(
        request_id=request_id(), merchant=merchant.id, label="T1", terminal=pb.Terminal(label="T2")
    )


ROWS = {"MerchantService.UpdateTerminal": Row(_change, (OWNER,), (MARKETS, BUSINESS_OFFICE))}
NOBODY_OWNS = {"MerchantService.UpdateTerminal": "the owner's own tills"}
