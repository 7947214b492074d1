"""Supports going all the ways that they can, so that each statement is looked at."""

from services.kit.caller import ANONYMOUS
from smartcity.society.v1 import supports_pb2 as pb
from tests.fixtures.pillars import Served
from tests.governance.conftest import request_id
from tests.society.taking_part import BUDI, Society


async def _live(served: Served) -> None:
    society, browser = Society(served), request_id()
    for code in [(await society.published()).code for _ in range(2)]:
        await society.support(code, ANONYMOUS, browser, request_id())
        await society.support(code, BUDI, browser)
    await society.call(pb.SeeSupportsRequest(request_id=request_id()), BUDI)
    page = await society.call(pb.ListSupportsRequest(page_size=1), BUDI)
    await society.call(pb.ListSupportsRequest(page_size=1, page_token=page.next_page_token), BUDI)


LIVES = {"supporting": _live}
