"""Whom a change of an account concerns: whose business it is, the agency that checks, the administrators."""

from typing import Any

from smartcity.economy.v1 import account_changes_pb2 as pb
from smartcity.economy.v1 import merchants_pb2
from tests.economy.account_changes.asking import NUMBER, WHY, Asking
from tests.economy.conftest import ADMIN, BUSINESS_OFFICE, MARKETS, OWNER, TREASURER
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import request_id


async def _fresh(served: Served) -> Asking:
    await served.admin.execute("UPDATE economy.merchant SET state = 'closed' WHERE owner <> ''")
    return Asking(served)


async def _asked(served: Served) -> pb.AccountChange:
    asking = await _fresh(served)
    return await asking.asked(await asking.applied())


async def _create(served: Served) -> Any:
    business = await (await _fresh(served)).applied()
    account = merchants_pb2.SettlementAccount(bank="014", number=NUMBER)
    return pb.CreateAccountChangeRequest(request_id=request_id(), merchant=business.id, settlement_account=account)


async def _list(_: Served) -> Any:
    return pb.ListAccountChangesRequest()


async def _approve(served: Served) -> Any:
    one = await _asked(served)
    return pb.ApproveAccountChangeRequest(request_id=request_id(), id=one.id, etag=one.etag)


async def _reject(served: Served) -> Any:
    one = await _asked(served)
    return pb.RejectAccountChangeRequest(request_id=request_id(), id=one.id, etag=one.etag, reason=WHY)


async def _cancel(served: Served) -> Any:
    one = await _asked(served)
    return pb.CancelAccountChangeRequest(request_id=request_id(), id=one.id, etag=one.etag)


ROWS = {
    "AccountChangeService.CreateAccountChange": Row(_create, (OWNER,), (BUSINESS_OFFICE, MARKETS)),
    "AccountChangeService.ListAccountChanges": Row(
        _list, (OWNER, BUSINESS_OFFICE, TREASURER, ADMIN, MARKETS), own=True
    ),
    "AccountChangeService.ApproveAccountChange": Row(_approve, (BUSINESS_OFFICE, ADMIN), (MARKETS, TREASURER)),
    "AccountChangeService.RejectAccountChange": Row(_reject, (BUSINESS_OFFICE, ADMIN), (MARKETS, TREASURER)),
    "AccountChangeService.CancelAccountChange": Row(_cancel, (OWNER,), (BUSINESS_OFFICE, MARKETS)),
}
NOBODY_OWNS = {
    "AccountChangeService.ApproveAccountChange": "refused to officers whose business it is; see test_account_changes",
    "AccountChangeService.RejectAccountChange": "refused to officers whose business it is; see test_account_changes",
}
