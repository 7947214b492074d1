"""The timetable that holds as a GTFS archive, byte by byte as it was imported, sent part by part."""

from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from gateway.answers.etags import etag_matches
from gateway.callers.session import current_caller
from gateway.gateway import Gateway
from gateway.rest.route import BINARY, NAMED, by_hand
from services.kit.caller import Caller
from smartcity.living.v1 import feeds_pb2 as pb2

FRESH = 300
"""Seconds in which caches need not ask again."""
MEDIA_TYPE = "application/zip"


@by_hand(
    "GET",
    "/v1/gtfs.zip",
    pb2.GetFeedPartRequest,
    "getGtfs",
    only=(),
    refusals=(404,),
    responses={
        "200": {"description": "The archive.", "content": {MEDIA_TYPE: {"schema": BINARY}}, "headers": NAMED},
        "304": {"description": "You have these bytes already."},
    },
    lenient=True,
)
async def gtfs(parts: Gateway, request: Request, message: pb2.GetFeedPartRequest) -> Response:
    """Hands out the timetable as GTFS Schedule. `GET /v1/feed` says whose it is, and whether it is an estimate."""
    caller = current_caller(request)
    first = await parts.pillars.call(message, caller)
    headers = {"etag": f'"{first.digest}"', "cache-control": f"public, max-age={FRESH}"}
    if etag_matches(request.headers.get("if-none-match"), headers["etag"]):
        return Response(status_code=304, headers=headers)
    headers["content-disposition"] = 'attachment; filename="gtfs.zip"'
    headers["content-length"] = str(first.bytes)
    return StreamingResponse(_sent(parts, caller, first), headers=headers, media_type=MEDIA_TYPE)


async def _sent(parts: Gateway, caller: Caller, first: pb2.GetFeedPartResponse) -> AsyncIterator[bytes]:
    """All parts of one feed, also when another takes its place meanwhile."""
    yield first.content
    for number in range(1, first.parts):
        found = await parts.pillars.call(pb2.GetFeedPartRequest(feed=first.feed, part=number), caller)
        yield found.content
