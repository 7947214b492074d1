"""Changes of accounts going all the ways that they can, so that each statement is looked at."""

from smartcity.economy.v1 import account_changes_pb2 as pb
from tests.economy.account_changes.asking import Asking
from tests.economy.conftest import BUSINESS_OFFICE, OWNER
from tests.fixtures.pillars import Served

OVER = [pb.ACCOUNT_CHANGE_STATE_REJECTED, pb.ACCOUNT_CHANGE_STATE_CANCELLED]


async def _live(served: Served) -> None:
    asking = Asking(served)
    business = await asking.applied()
    for number, decide in (("1002003", asking.approve), ("1002004", asking.reject), ("1002005", asking.cancel)):
        await decide(await asking.asked(business, number=number))
    await asking.asked(business)
    for caller, merchant in ((BUSINESS_OFFICE, ""), (OWNER, business.id)):
        for states in ([], OVER):
            request = pb.ListAccountChangesRequest(merchant=merchant, states=states, page_size=1)
            page = await asking.call(request, caller)
            if page.next_page_token:
                request.page_token = page.next_page_token
                await asking.call(request, caller)


LIVES = {"account_changes": _live}
