"""The desk of a place's photos: what it shows, who is named, adding one and taking one back."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers.problems import FieldError, Problem
from gateway.bodies.kinds import PHOTO
from gateway.callers.session import FormChecked, csrf_checked
from gateway.gateway import current_gateway
from gateway.photos import destinations as photos
from gateway.photos.destinations import Arrived
from gateway.photos.images import too_large
from gateway.portal.branding import destination_words as words
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted, wanting
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.kit.staff import staff
from services.kit.caller import Caller
from services.kit.rpc.rules import Field
from smartcity.branding.v1 import destination_photos_pb2 as pb
from smartcity.branding.v1 import destinations_pb2
from smartcity.branding.v1 import destinations_views as views

DESK = "/petugas/wisata/foto"
PATH = f"{DESK}/{{code}}"
router = APIRouter(route_class=PageRoute, include_in_schema=False)
Staff = Annotated[Caller, Depends(staff)]
DONE = frozenset({"photo_added", "photo_withdrawn"})
_LICENCE = Field(pb.CreateDestinationPhotoRequest.DESCRIPTOR.fields_by_name["licence"])
LICENCES = tuple(getattr(_LICENCE.rules, "in"))
"""Those that are taken, as the contract has them."""


@router.get(DESK)
async def chosen(request: Request, caller: Staff, tempat: str = "") -> Response:
    """Leads to the photos of a place that was chosen."""
    code = tempat.strip().lower()
    return RedirectResponse(f"{DESK}/{quote(code, safe='')}" if code else "/petugas/wisata", 303)


@router.get(PATH)
async def listed(request: Request, code: Identifier, caller: Staff, done: str = "") -> Response:
    """The photos of a place."""
    return await _shown(request, code, caller, FormState(done=done if done in DONE else ""))


@router.post(PATH, dependencies=[Depends(FormChecked(PHOTO))])
async def add(request: Request, code: Identifier, caller: Staff) -> Response:
    """Shows one more."""
    form = await forms.read(request)
    asked = pb.CreateDestinationPhotoRequest(
        request_id=form["request_id"], destination=code, author=form["author"], licence=form["licence"],
        source=form["source"], text=form["text"], text_en=form["text_en"],
    )  # fmt: skip
    # What is said of the photo first: nobody should wait for a picture to hear that a name is missing.
    answer: Any = wanting(request, "add", form, _as_if_stored(asked), {})
    if answer is None:
        answer = await attempted(request, "add", form, _stored(request, caller, asked))
    if isinstance(answer, FormState):
        return await _shown(request, code, caller, answer)
    return RedirectResponse(f"{DESK}/{code}?done=photo_added", 303)


@router.post(PATH + "/{id}/turunkan", dependencies=[Depends(csrf_checked)])
async def withdraw(request: Request, code: Identifier, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Takes one back."""
    form = await forms.read(request)
    asked = pb.WithdrawDestinationPhotoRequest(
        request_id=form["request_id"], destination=code, id=id, etag=form["etag"], reason=form["reason"]
    )
    call = photos.withdraw(current_gateway(request), caller, asked)
    answer = await attempted(request, f"withdraw-{id}", form, call)
    if isinstance(answer, FormState):
        return await _shown(request, code, caller, answer)
    return RedirectResponse(f"{DESK}/{code}?done=photo_withdrawn", 303)


def _as_if_stored(asked: pb.CreateDestinationPhotoRequest) -> pb.CreateDestinationPhotoRequest:
    """The same with what the gateway adds, so that only what people say of it can be wrong."""
    made = pb.CreateDestinationPhotoRequest(
        id="-", content_type="image/jpeg", width=1, height=1, size=1, path="-", sha256="0" * 64
    )  # fmt: skip
    made.MergeFrom(asked)
    return made


async def _stored(request: Request, caller: Caller, asked: pb.CreateDestinationPhotoRequest) -> pb.DestinationPhoto:
    """The photo of the form, stored. Raises Problem and AioRpcError."""
    gateway = current_gateway(request)
    file = next(iter(await forms.uploads(request, "photo")), None)
    if file is None or not file.data:
        detail = "Choose a photo."
        raise Problem(422, "PHOTO_MISSING", detail, errors=[FieldError("photo", detail)])
    if file.too_large:
        raise too_large(gateway.settings.photo_bytes)
    return await photos.store(gateway, caller, asked, Arrived(file.data, request.state.address))


async def _shown(request: Request, code: str, caller: Caller, shown: FormState) -> Response:
    asked = destinations_pb2.GetDestinationRequest(id=code)
    answer: Any = await current_gateway(request).pillars.call(asked, caller)
    return render(
        request, "branding/officer_place_photos.html", shown.status, private=True, here="officer", view="places",
        of=views.destination(answer.destination), base=f"{DESK}/{answer.destination.code}",
        licences=LICENCES, **words.words(request), **shown.context(),
    )  # fmt: skip
