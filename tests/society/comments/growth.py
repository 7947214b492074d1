"""Comments going all the ways that they can, so that each statement is looked at."""

from services.kit.caller import ANONYMOUS
from smartcity.society.v1 import comments_pb2 as pb
from smartcity.types.v1.origin_pb2 import Origin
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN
from tests.society.comments import rows
from tests.society.taking_part import BAPPEDA, Society


async def _live(served: Served) -> None:
    society = Society(served)
    one = await rows._moderate(served)
    code = (await society.call(one, BAPPEDA)).comment.proposal
    for _ in range(2):
        await society.call(pb.CreateCommentRequest(code=code, words="Setuju.", origin=Origin(network="a")), ANONYMOUS)
    for caller in (BAPPEDA, ADMIN):
        page = await society.call(pb.ListWaitingCommentsRequest(page_size=1), caller)
        further = pb.ListWaitingCommentsRequest(page_size=1, page_token=page.next_page_token)
        await society.call(further, caller)
    await society.call(pb.ListCommentsRequest(code=code, page_size=1))


LIVES = {"comments": _live}
