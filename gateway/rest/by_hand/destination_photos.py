"""Photos of destinations: taken from officers with who made them, handed out to everybody as pictures."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.answers.etags import of_version
from gateway.bodies.kinds import JSON, PHOTO
from gateway.callers.session import current_caller
from gateway.gateway import Gateway
from gateway.photos import destinations as photos
from gateway.photos.destinations import Arrived
from gateway.rest.answering import encode
from gateway.rest.by_hand.photos import PICTURES, UPLOAD, kind_of, picture_of
from gateway.rest.route import NAMED, by_hand
from smartcity.branding.v1 import destination_photos_pb2 as pb
from smartcity.branding.v1 import destination_photos_views as views

_VERSION: dict[str, Any] = {
    "ETag": {"description": "Version of the photo, for If-Match of its withdrawal.", "schema": {"type": "string"}}
}
_BYTES_AND_VERSION: dict[str, Any] = {
    "ETag": {
        "description": "Of these bytes, for If-None-Match; for If-Match of the withdrawal too, where the version in it "
        "counts: the `etag` in the destination's `photos`.",
        "schema": {"type": "string"},
    }
}


@by_hand(
    "POST",
    "/v1/destinations/{destination}/photos",
    pb.CreateDestinationPhotoRequest,
    "createDestinationPhoto",
    only=("request_id", "destination", "author", "licence", "source", "text", "text_en"),
    takes=PHOTO,
    body=UPLOAD,
    created="DestinationPhoto",
    headers=_VERSION,
    refusals=(415,),
)
async def create(parts: Gateway, request: Request, message: pb.CreateDestinationPhotoRequest) -> Response:
    """Shows a photo of a destination, with who made it, its licence, its source, and what it shows in words.

    Only the picture is kept: it is encoded anew, so that position, time and camera in the file are gone.
    """
    who, kind = current_caller(request), kind_of(request)
    await photos.check_room(parts, who, message)
    arrived = Arrived(await picture_of(request, kind), request.state.address)
    made = views.destination_photo(await photos.store(parts, who, message, arrived))
    headers = {"location": made.href or "", "cache-control": "no-store", "etag": of_version(str(made.etag))}
    return Response(encode(made), 201, headers, JSON)


@by_hand(
    "GET",
    "/v1/destinations/{destination}/photos/{id}",
    pb.GetDestinationPhotoRequest,
    "getDestinationPhoto",
    responses={
        "200": {"description": "The photo.", "content": PICTURES, "headers": {**NAMED, **_BYTES_AND_VERSION}},
        "304": {"description": "You have this photo already."},
    },
)
async def read(parts: Gateway, request: Request, message: pb.GetDestinationPhotoRequest) -> Response:
    """Hands out a photo of a destination, which others may keep for ten minutes."""
    seen, address = request.headers.get("if-none-match"), request.state.address
    return await photos.answer(parts, message.destination, message.id, seen, address=address, little=False)


@by_hand(
    "POST",
    "/v1/destinations/{destination}/photos/{id}/withdrawal",
    pb.WithdrawDestinationPhotoRequest,
    "withdrawDestinationPhoto",
    fields_in_body=True,
    responses={"204": {"description": "It is shown no more, and its file is gone."}},
)
async def withdraw(parts: Gateway, request: Request, message: pb.WithdrawDestinationPhotoRequest) -> Response:
    """Takes a photo back: it is shown no more, and its file goes from the store."""
    await photos.withdraw(parts, current_caller(request), message)
    return Response(status_code=204, headers={"cache-control": "no-store"})
