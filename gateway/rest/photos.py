"""Photos of complaints: from the browser to the file store through the gateway, never through gRPC."""

import uuid
from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from gateway.gateway import Gateway
from gateway.images import CleanPhoto, too_large
from gateway.problems import FieldError, Problem
from gateway.rest import examples
from gateway.rest.answers import answer, documented
from gateway.rest.requests import Code, Identifier, Key, LinkKey, Parts, Who
from services.kit.caller import Caller
from smartcity.governance.v1 import complaints_pb2, complaints_views
from smartcity.governance.v1 import photos_pb2 as pb2

router = APIRouter(prefix="/v1", tags=["Photos"])

_BYTES = {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}
_UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The photo itself, or a form with it in the field `photo`. JPEG, PNG or WebP, at most 10 MB.",
        "content": {
            "image/jpeg": _BYTES,
            "image/png": _BYTES,
            "image/webp": _BYTES,
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["photo"],
                    "properties": {"photo": {"type": "string", "contentMediaType": "application/octet-stream"}},
                }
            },
        },
    }
}


@router.post(
    "/complaints/{code}/photos",
    summary="Add a photo",
    operation_id="createPhoto",
    openapi_extra=_UPLOAD,
    **documented(
        "Photo",
        status=201,
        problems=(400, 401, 403, 404, 409, 413, 415, 422, 503, 504),
        example=examples.PHOTO,
    ),
)
async def create(request: Request, code: Code, key: Key, parts: Parts, who: Who, link_key: LinkKey = "") -> Response:
    """Adds a photo to a complaint, as its reporter (link key or login) or, as evidence, as an officer.

    Only the picture is kept: it is encoded anew, so that position, time and camera in the file are gone.
    """
    check = pb2.CheckPhotoRequest(code=code, link_key=link_key)
    await parts.pillars.call(parts.pillars.photos.CheckPhoto, check, who)
    data = await _photo_in(request, parts.settings.photo_bytes)
    photo = await store_photo(parts, who, code, link_key, key, data)
    headers = {"location": f"/v1/complaints/{code}/photos/{photo.id}", "cache-control": "no-store"}
    return answer(complaints_views.photo(photo), 201, headers)


@router.get(
    "/complaints/{code}/photos/{id}",
    summary="Get a photo",
    operation_id="getPhoto",
    response_class=Response,
    response_model=None,
    responses={
        200: {
            "description": "The photo.",
            "content": {"image/jpeg": _BYTES, "image/png": _BYTES, "image/webp": _BYTES},
        },
        304: {"description": "You have this photo already."},
        **{status: {"$ref": f"#/components/responses/Problem{status}"} for status in (404, 422, 429, 500, 503, 504)},
    },
)
async def read(
    request: Request,
    code: Code,
    id: Identifier,  # noqa: A002 - the path's word
    parts: Parts,
    who: Who,
    link_key: LinkKey = "",
) -> Response:
    """Hands out a photo you may see: a released one, or one of your own case."""
    message = pb2.GetPhotoRequest(code=code, id=id, link_key=link_key)
    found = await parts.pillars.call(parts.pillars.photos.GetPhoto, message, who)
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


async def store_photo(
    parts: Gateway, caller: Caller, code: str, link_key: str, key: str, data: bytes
) -> complaints_pb2.Photo:
    """Cleans, stores and records a photo whose bytes arrived; the same key and bytes store it once.

    Ask ``CheckPhoto`` first. Raises problems of the photo itself and what the pillar refuses.
    """
    clean = await parts.images.clean(data)
    identity = _identity(caller, code, key)
    # The digest in the name keeps another photo under a reused key from taking the place of the recorded one.
    path = f"complaints/{code.upper()}/{identity}-{clean.sha256[:16]}.{clean.suffix}"
    await parts.files.put(path, clean.data)
    message = pb2.CreatePhotoRequest(
        request_id=key, code=code, link_key=link_key, photo=_photo(identity, clean), path=path, sha256=clean.sha256
    )
    return (await parts.pillars.call(parts.pillars.photos.CreatePhoto, message, caller)).photo


def _identity(caller: Caller, code: str, key: str) -> uuid.UUID:
    """The photo's id, made of who sends it under which key: a repeated request must ask for the same thing."""
    return uuid.uuid5(_PHOTOS, "\n".join((caller.subject, code.upper(), key)))


_PHOTOS = uuid.UUID("7f0f4d3a-31f1-4d3c-9a55-4d6f3f0a8c21")


def _photo(identity: uuid.UUID, clean: CleanPhoto) -> complaints_pb2.Photo:
    return complaints_pb2.Photo(
        id=str(identity),
        content_type=clean.content_type,
        width=clean.width,
        height=clean.height,
        size=len(clean.data),
    )


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
