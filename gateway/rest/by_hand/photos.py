"""Photos of complaints: taken as bodies or forms, handed out as pictures."""

from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from gateway.answers.problems import FieldError, Problem
from gateway.callers.session import current_caller
from gateway.gateway import Gateway
from gateway.photos.images import too_large
from gateway.photos.uploads import store_photo
from gateway.rest.answering import JSON, encode
from gateway.rest.route import by_hand
from smartcity.governance.v1 import complaints_views
from smartcity.governance.v1 import photos_pb2 as pb2

_BYTES = {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}
_PICTURES = {"image/jpeg": _BYTES, "image/png": _BYTES, "image/webp": _BYTES}
_UPLOAD: dict[str, Any] = {
    "required": True,
    "description": "The photo itself, or a form with it in the field `photo`. JPEG, PNG or WebP, at most 10 MB.",
    "content": {
        **_PICTURES,
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["photo"],
                "properties": {"photo": {"type": "string", "contentMediaType": "application/octet-stream"}},
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
    body=_UPLOAD,
    created="Photo",
    refusals=(415,),
)
async def create(parts: Gateway, request: Request, message: pb2.CreatePhotoRequest) -> Response:
    """Adds a photo to a complaint, as its reporter (link key or login) or, as evidence, as an officer.

    Only the picture is kept: it is encoded anew, so that position, time and camera in the file are gone.
    """
    who = current_caller(request)
    await parts.pillars.call(pb2.CheckPhotoRequest(code=message.code, link_key=message.link_key), who)
    data = await _photo_in(request, parts.settings.photo_bytes)
    photo = await store_photo(parts, who, message.code, message.link_key, message.request_id, data)
    headers = {"location": f"/v1/complaints/{message.code}/photos/{photo.id}", "cache-control": "no-store"}
    return Response(encode(complaints_views.photo(photo)), 201, headers, JSON)


@by_hand(
    "GET",
    "/v1/complaints/{code}/photos/{id}",
    pb2.GetPhotoRequest,
    "getPhoto",
    responses={
        "200": {"description": "The photo.", "content": _PICTURES},
        "304": {"description": "You have this photo already."},
    },
)
async def read(parts: Gateway, request: Request, message: pb2.GetPhotoRequest) -> Response:
    """Hands out a photo you may see: a released one, or one of your own case."""
    found = await parts.pillars.call(message, current_caller(request))
    etag = f'"{found.photo.id}"'
    headers = {
        "etag": etag,
        "cache-control": "private, max-age=3600",
        "vary": "Authorization, Cookie, X-Link-Key",
        "content-disposition": "inline",
    }
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(await parts.files.get(found.path), headers=headers, media_type=found.photo.content_type)


async def _photo_in(request: Request, most: int) -> bytes:
    """The bytes of the photo in a body of either kind."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        async with request.form(max_files=1, max_fields=8) as form:
            part = form.get("photo")
            if not isinstance(part, UploadFile):
                detail = "The form needs a file in the field 'photo'."
                raise Problem(422, "PHOTO_MISSING", detail, errors=[FieldError("photo", detail)])
            data = await part.read(most + 1)
    elif kind.startswith("image/") or kind == "application/octet-stream":
        data = await _read(request, most)
    else:
        detail = "Send the photo as body with its type (image/jpeg, image/png, image/webp), or as multipart/form-data."
        raise Problem(415, "PHOTO_TYPE_NOT_TAKEN", detail)
    if not data:
        raise Problem(422, "PHOTO_MISSING", "The body is empty.", errors=[FieldError("photo", "is empty")])
    if len(data) > most:
        raise too_large(most)
    return data


async def _read(request: Request, most: int) -> bytes:
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > most:
            raise too_large(most)
    return bytes(data)
