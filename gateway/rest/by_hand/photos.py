"""Photos of complaints: taken as bodies or forms, handed out as pictures."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.answers.etags import etag_matches
from gateway.answers.problems import FieldError, Problem
from gateway.bodies.body import body_of
from gateway.bodies.forms import read_form
from gateway.bodies.kinds import JSON, MULTIPART, PHOTO, is_file, type_of
from gateway.callers.session import current_caller
from gateway.gateway import Gateway
from gateway.photos.images import too_large
from gateway.photos.uploads import check_room, store_photo
from gateway.rest.answering import PRIVATE, encode
from gateway.rest.route import BINARY, NAMED, by_hand
from smartcity.governance.v1 import complaints_views
from smartcity.governance.v1 import photos_pb2 as pb2

_BYTES = {"schema": BINARY}
PICTURES = {"image/jpeg": _BYTES, "image/png": _BYTES, "image/webp": _BYTES}
UPLOAD: dict[str, Any] = {
    "required": True,
    "description": "The photo itself, or a form with it in the field `photo`. JPEG, PNG or WebP, at most 10 MB.",
    "content": {
        **PICTURES,
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["photo"],
                "properties": {"photo": BINARY},
            }
        },
    },
}


@by_hand(
    "POST",
    "/v1/complaints/{code}/photos",
    pb2.CreatePhotoRequest,
    "createPhoto",
    only=("request_id", "code", "link_key"),
    takes=PHOTO,
    body=UPLOAD,
    created="Photo",
    refusals=(415,),
)
async def create(parts: Gateway, request: Request, message: pb2.CreatePhotoRequest) -> Response:
    """Adds a photo to a complaint, as its reporter (link key or login) or, as evidence, as an officer.

    An officer or verifier who handles what they reported themselves gives the link key, or is refused (OWN_MATTER).
    Only the picture is kept: it is encoded anew, so that position, time and camera in the file are gone.

    Of its reporter's a complaint takes 3 since it was filed or last reopened, 8 in all; of evidence 5 since it was
    filed or last reopened, 12 in all, and always one after a reopening. Errors: TOO_MANY_PHOTOS, PHOTO_NOT_YOURS,
    COMPLAINT_NOT_OPEN, OWN_MATTER, PHOTO_TYPE_NOT_TAKEN, PHOTO_MISSING, PHOTO_TOO_LARGE.
    """
    who = current_caller(request)
    kind = kind_of(request)
    await check_room(parts, who, message.code, message.link_key, [message.request_id])
    data = await picture_of(request, kind)
    address: str = request.state.address
    photo = await store_photo(parts, who, message.code, message.link_key, message.request_id, data, address)
    headers = {"location": f"/v1/complaints/{message.code}/photos/{photo.id}", "cache-control": "no-store"}
    return Response(encode(complaints_views.photo(photo)), 201, headers, JSON)


@by_hand(
    "GET",
    "/v1/complaints/{code}/photos/{id}",
    pb2.GetPhotoRequest,
    "getPhoto",
    responses={
        "200": {"description": "The photo.", "content": PICTURES, "headers": NAMED},
        "304": {"description": "You have this photo already."},
    },
)
async def read(parts: Gateway, request: Request, message: pb2.GetPhotoRequest) -> Response:
    """Hands out a photo you may see: a released one, or one of your own case."""
    found = await parts.pillars.call(message, current_caller(request))
    etag = f'"{found.photo.id}"'
    headers = {"etag": etag, **PRIVATE, "content-disposition": "inline"}
    if etag_matches(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    return Response(await parts.files.get(found.path), headers=headers, media_type=found.photo.content_type)


def kind_of(request: Request) -> str:
    """The type of a body that may be a photo. Raises PHOTO_TYPE_NOT_TAKEN."""
    kind = type_of(request.headers)
    if kind != MULTIPART and not is_file(kind):
        detail = "Send the photo as body with its type (image/jpeg, image/png, image/webp), or as multipart/form-data."
        raise Problem(415, "PHOTO_TYPE_NOT_TAKEN", detail)
    return kind


async def picture_of(request: Request, kind: str) -> bytes | bytearray:
    """The bytes of the photo that a body of that kind is or has. Raises PHOTO_MISSING, PHOTO_TOO_LARGE."""
    data = await (_in_form(request) if kind == MULTIPART else request.body())
    if not data:
        raise Problem(422, "PHOTO_MISSING", "The body is empty.", errors=[FieldError("photo", "is empty")])
    return data


async def _in_form(request: Request) -> bytearray:
    """The bytes of the photo in a form."""
    form = await read_form(request, PHOTO)
    if form.left_out:
        raise Problem(400, "BAD_REQUEST", "The form has more than one file. Send one photo at a time.")
    part = next(iter(form.uploads("photo")), None)
    if part is None:
        detail = "The form needs a file in the field 'photo'."
        raise Problem(422, "PHOTO_MISSING", detail, errors=[FieldError("photo", detail)])
    if part.too_large:
        raise too_large(body_of(request).settings.photo_bytes)
    return part.data
