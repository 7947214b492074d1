"""Photos of a permit's documents: taken as bodies, handed out to the applicant and to officers."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.answers.problems import FieldError, Problem
from gateway.bodies.kinds import JSON, PHOTO, is_file, type_of
from gateway.callers.session import current_caller
from gateway.gateway import Gateway
from gateway.photos.uploads import store_document
from gateway.rest.answering import encode
from gateway.rest.by_hand.photos import PICTURES
from gateway.rest.route import NAMED, by_hand
from smartcity.economy.v1 import permit_documents_pb2 as pb2
from smartcity.economy.v1 import permit_documents_views as views

_UPLOAD: dict[str, Any] = {
    "required": True,
    "description": "The photo itself: JPEG, PNG or WebP, at most 10 MB.",
    "content": PICTURES,
}


@by_hand(
    "POST",
    "/v1/permits/{code}/documents",
    pb2.CreatePermitDocumentRequest,
    "createPermitDocument",
    only=("request_id", "code", "document"),
    takes=PHOTO,
    body=_UPLOAD,
    created="PermitDocument",
    refusals=(415,),
)
async def create(parts: Gateway, request: Request, message: pb2.CreatePermitDocumentRequest) -> Response:
    """Adds a photo of a document to the caller's application.

    Only the picture is kept: it is encoded anew, so that position, time and camera in the file are gone. The same
    photo of a document again is not another: the answer is the one that is there.
    """
    if not is_file(type_of(request.headers)):
        detail = "Send the photo as body with its type: image/jpeg, image/png or image/webp."
        raise Problem(415, "PHOTO_TYPE_NOT_TAKEN", detail)
    data = await request.body()
    if not data:
        raise Problem(422, "PHOTO_MISSING", "The body is empty.", errors=[FieldError("photo", "is empty")])
    who, address = current_caller(request), request.state.address
    made, _ = await store_document(parts, who, message.code, message.document, message.request_id, data, address)
    headers = {"location": f"/v1/permits/{message.code}/documents/{made.id}", "cache-control": "no-store"}
    return Response(encode(views.permit_document(made)), 201, headers, JSON)


@by_hand(
    "GET",
    "/v1/permits/{code}/documents/{id}",
    pb2.GetPermitDocumentRequest,
    "getPermitDocument",
    responses={"200": {"description": "The photo.", "content": PICTURES, "headers": NAMED}},
)
async def read(parts: Gateway, request: Request, message: pb2.GetPermitDocumentRequest) -> Response:
    """Hands out a photo of a document, to its applicant and to officers; that an officer looked is kept."""
    found = await parts.pillars.call(message, current_caller(request))
    headers = {"cache-control": "no-store", "content-disposition": "inline"}
    return Response(await parts.files.get(found.path), headers=headers, media_type=found.document.content_type)
