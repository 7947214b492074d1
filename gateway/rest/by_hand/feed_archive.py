"""The archive of a timetable that an officer's program brings."""

from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response

from gateway.answers.etags import of_version
from gateway.answers.problems import FieldError, Problem
from gateway.bodies.body import body_of
from gateway.bodies.kinds import FEED, JSON, is_file, type_of
from gateway.callers.session import current_caller
from gateway.calls import archives
from gateway.gateway import Gateway
from gateway.rest.answering import encode
from gateway.rest.route import BINARY, VERSIONED, by_hand
from gateway.rest.values import refusal
from smartcity.living.v1 import feed_imports_pb2 as pb2
from smartcity.living.v1 import feed_imports_views

MEDIA_TYPE = "application/zip"


@by_hand(
    "PUT",
    "/v1/feed-imports/{id}/archive",
    pb2.PutFeedImportPartRequest,
    "putFeedArchive",
    only=("id",),
    takes=FEED,
    body={
        "required": True,
        "description": "The archive itself, at most 32 MB, of as many bytes as were said before.",
        "content": {MEDIA_TYPE: {"schema": BINARY}},
    },
    answers="FeedImport",
    headers=VERSIONED,
    refusals=(411, 415),
)
async def put(parts: Gateway, request: Request, message: pb2.PutFeedImportPartRequest) -> Response:
    """Sends the archive of an import that was begun without an address; it is checked in the background then.

    What came already is not needed again, so an upload that broke off is sent once more from the start. It says its
    length (Content-Length); another than `bytes` said is refused before any of it is kept. Error: LENGTH_MISSING.
    """
    if not is_file(type_of(request.headers)):
        raise Problem(415, "FEED_TYPE_NOT_TAKEN", f"Send the archive as body, with the type {MEDIA_TYPE}.")
    length = _length_of(request)
    caller = current_caller(request)
    said = (await parts.pillars.call(pb2.GetFeedImportRequest(id=message.id), caller)).feed_import.bytes
    if said and length != said:  # nothing was said of what is fetched: the pillar refuses that
        told = f"has {length} bytes; `bytes` said {said}: send the whole archive"
        raise refusal([FieldError("body", told)])
    found = await archives.send(parts.pillars, caller, message.id, _pieces(request))
    if found is None:
        raise refusal([FieldError("body", "is empty")])
    headers = {"cache-control": "no-store", "etag": of_version(found.etag)}
    return Response(encode(feed_imports_views.feed_import(found)), 200, headers, JSON)


def _length_of(request: Request) -> int:
    """How many bytes the body has, no more and no fewer: the server sees to that. Raises LENGTH_MISSING.

    One whose length shows at its end alone would have been kept in part, or as a whole, by the time it is refused.
    """
    length = request.headers.get("content-length")
    if length is None:
        raise Problem(411, "LENGTH_MISSING", "Send the archive with its length (Content-Length), not in chunks.")
    return int(length)


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes; what has been handed on lies in this process no more."""
    body = body_of(request)
    async for piece in request.stream():
        yield piece
        body.dropped(len(piece))
