"""Whom a comment concerns: the agency that answers the proposal, and the administrators."""

from typing import Any

from smartcity.society.v1 import comments_pb2 as pb
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id
from tests.society.taking_part import BAPPEDA, BUDI, DLH, SELATAN, SITI, Society


async def _create(served: Served) -> Any:
    code = (await Society(served).published()).code
    return pb.CreateCommentRequest(request_id=request_id(), code=code, words="Setuju.")


async def _list(served: Served) -> Any:
    await Society(served).call(await _create(served), BUDI)
    return pb.ListWaitingCommentsRequest()


async def _moderate(served: Served) -> Any:
    one = (await Society(served).call(await _create(served), BUDI)).comment
    return pb.ModerateCommentRequest(request_id=request_id(), id=one.id, etag=one.etag, state=pb.COMMENT_STATE_SHOWN)


ROWS = {
    "CommentService.CreateComment": Row(_create, (SITI, DLH), own=True),
    "CommentService.ListWaitingComments": Row(_list, (BAPPEDA, DLH, ADMIN), own=True),
    "CommentService.ModerateComment": Row(_moderate, (BAPPEDA, ADMIN), (DLH, SELATAN)),
}
NOBODY_OWNS = {
    "CommentService.CreateComment": "what anybody does, for themselves",
    "CommentService.ModerateComment": "its author is refused, test_nobody_moderates_their_own",
}
