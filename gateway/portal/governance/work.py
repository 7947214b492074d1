"""An officer's case: its transitions, release, correction, contact and evidence."""

from __future__ import annotations

from typing import Annotated

import grpc.aio
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from gateway.answers.problems import from_grpc
from gateway.bodies.kinds import PHOTOS
from gateway.callers.session import FormChecked, csrf_checked
from gateway.gateway import current_gateway
from gateway.portal.governance import photos
from gateway.portal.governance.duplicates import compared
from gateway.portal.governance.work_page import TRANSITION_PATHS, WorkState, act, show_case
from gateway.portal.kit import forms
from gateway.portal.kit.addresses import Code, Identifier
from gateway.portal.kit.again import DECISION
from gateway.portal.kit.page import PageRoute, texts_of
from gateway.portal.kit.staff import staff
from gateway.portal.kit.trouble import Trouble, field_trouble
from services.kit.caller import Caller
from smartcity.governance.v1 import complaints_pb2 as pb
from smartcity.governance.v1 import complaints_views as views
from smartcity.governance.v1 import contacts_pb2

router = APIRouter(prefix="/petugas/{code}", route_class=PageRoute, include_in_schema=False)
CHECKED, WITH_PHOTOS = [Depends(csrf_checked)], [Depends(FormChecked(PHOTOS))]
Staff = Annotated[Caller, Depends(staff)]
DONE = frozenset(
    {"redaction_asked", "redacted", "moved", "released", "reviewed", "corrected", "photos", "dispatched", "completed"}
    | {"abandoned"}
)
_TRANSITIONS = {path: name for name, path in TRANSITION_PATHS.items()}


@router.get("")
async def case(request: Request, code: Code, caller: Staff, done: str = "") -> Response:
    """The working page."""
    return await show_case(request, code, caller, WorkState(done=done if done in DONE else ""))


@router.get("/foto/{photo}")
async def show_photo(request: Request, code: Code, photo: Identifier, caller: Staff) -> Response:
    """A photo of the case."""
    return await photos.answer(request, code, photo, "", caller)


@router.post("/rilis", dependencies=CHECKED)
async def release(request: Request, code: Code, caller: Staff) -> Response:
    """Makes words and photos public; evidence that was shown and not ticked was looked at and stays hidden."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    ticked = form.all("photos")
    left = [each for each in form.all("seen") if each not in ticked]
    asked = pb.ReleaseComplaintRequest(
        request_id=form["request_id"],
        code=code,
        etag=form["etag"],
        public_text=form["public_text"],
        photos=ticked,
        withheld=left,
    )
    return await act(request, code, caller, "release", "released", form, pillars.call(asked, caller))


@router.post("/bukti", dependencies=CHECKED)
async def review(request: Request, code: Code, caller: Staff) -> Response:
    """Shows or withholds each photo of the evidence that was decided on."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    decided = {name.removeprefix(DECISION): value for name, value in form.items() if name.startswith(DECISION)}
    asked = pb.ReviewEvidenceRequest(
        request_id=form["request_id"],
        code=code,
        etag=form["etag"],
        photos=[photo for photo, value in decided.items() if value == "show"],
        withheld=[photo for photo, value in decided.items() if value == "withhold"],
    )
    return await act(request, code, caller, "review", "reviewed", form, pillars.call(asked, caller))


@router.post("/koreksi", dependencies=CHECKED)
async def correct(request: Request, code: Code, caller: Staff) -> Response:
    """Corrects category or place."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    asked = pb.CorrectComplaintRequest(
        request_id=form["request_id"], code=code, etag=form["etag"], category=form["category"],
        area_code=form["area_code"],
    )  # fmt: skip

    return await act(request, code, caller, "correct", "corrected", form, pillars.call(asked, caller))


@router.post("/kontak", dependencies=CHECKED)
async def contact(request: Request, code: Code, caller: Staff) -> Response:
    """Shows the reporter's contact; the reading is recorded with its purpose. Never by a redirect: nothing is kept."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    asked = contacts_pb2.GetContactRequest(code=code, purpose=form["purpose"])
    try:
        answer = await pillars.call(asked, caller)
    except grpc.aio.AioRpcError as error:
        problem = from_grpc(error)
        shown = WorkState(
            doing="contact", form=form, trouble=Trouble.of(problem, texts_of(request)), status=problem.status
        )
        return await show_case(request, code, caller, shown)
    return await show_case(request, code, caller, WorkState(contact=views.contact(answer.contact)))


@router.post("/foto", dependencies=WITH_PHOTOS)
async def add_photos(request: Request, code: Code, caller: Staff) -> Response:
    """Adds evidence."""
    form, files, texts = await forms.read(request), await forms.uploads(request), texts_of(request)
    if not files:
        trouble = field_trouble(texts, photos=texts("problem.photo_missing"))
        return await show_case(request, code, caller, WorkState(doing="photo", form=form, trouble=trouble, status=422))

    async def send() -> None:
        await photos.store(request, files, code, "", form["request_id"], caller)

    return await act(request, code, caller, "photo", "photos", form, send())


@router.post("/{path}", dependencies=WITH_PHOTOS)
async def transition(request: Request, code: Code, path: str, caller: Staff) -> Response:
    """Takes one transition; which ones there are is the pillar's table."""
    name = _TRANSITIONS.get(path)
    if name is None:
        return await show_case(request, code, caller, WorkState(status=404))
    form, pillars = await forms.read(request), current_gateway(request).pillars
    if name == "mark_duplicate" and not form.flag("compared") and (page := await compared(request, code, caller, form)):
        return page

    async def send() -> None:
        asked = pb.TransitionComplaintRequest(
            request_id=form["request_id"],
            code=code,
            etag=form["etag"],
            transition=views.TRANSITION_NUMBERS[name],
            note=form["note"],
            agency=form["agency"],
            duplicate_of=form["duplicate_of"].upper(),
            photos=await photos.evidence(request, code, form, caller) if name == "resolve" else [],
            refusal=form.flag("refusal"),
        )
        await pillars.call(asked, caller)

    return await act(request, code, caller, name, "moved", form, send())
