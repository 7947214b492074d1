"""The votes of a ballot as a file in the format of Pabulib, sent part by part, for whoever counts them again."""

from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from gateway.callers.session import current_caller
from gateway.gateway import Gateway
from gateway.rest.route import by_hand
from services.kit.caller import Caller
from smartcity.society.v1 import ballots_pb2 as pb2

MEDIA_TYPE = "text/plain"


@by_hand(
    "GET",
    "/v1/ballots/{id}/votes.pb",
    pb2.GetVoteFileRequest,
    "getVoteFile",
    only=("id",),
    refusals=(404, 409),
    file=MEDIA_TYPE,
)
async def votes(parts: Gateway, request: Request, message: pb2.GetVoteFileRequest) -> Response:
    """Hands out the votes of a ballot that was counted, in the format of Pabulib. `smartcity recount` counts them."""
    caller = current_caller(request)
    first = await parts.pillars.call(message, caller)
    headers = {"content-disposition": f'attachment; filename="ballot-{message.id}.pb"', "cache-control": "no-store"}
    return StreamingResponse(_sent(parts, caller, message.id, first), headers=headers, media_type=MEDIA_TYPE)


async def _sent(parts: Gateway, caller: Caller, ballot: str, first: pb2.GetVoteFileResponse) -> AsyncIterator[bytes]:
    yield first.text.encode()
    last = first.last
    while last:
        found = await parts.pillars.call(pb2.GetVoteFileRequest(id=ballot, after=last), caller)
        yield found.text.encode()
        last = found.last
