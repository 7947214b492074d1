"""The public page of a case, and what its reporter can do there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import grpc.aio
import msgspec
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers.problems import Problem, from_grpc
from gateway.bodies.kinds import PHOTOS
from gateway.callers.session import FormChecked, csrf_checked, current_caller
from gateway.gateway import current_gateway
from gateway.portal.governance import link_keys, mailed, own_data, photos, support, track
from gateway.portal.kit import forms
from gateway.portal.kit.addresses import Code, Identifier
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.history import question_of
from gateway.portal.kit.page import PageRoute, render, texts_of
from gateway.portal.kit.trouble import Trouble, field_trouble
from gateway.portal.society.invitations import offered
from services.kit.caller import Caller
from smartcity.governance.v1 import complaints_pb2 as pb
from smartcity.governance.v1 import complaints_views as views
from smartcity.governance.v1 import contacts_pb2, contacts_views, photos_pb2, receipts_pb2, receipts_views
from smartcity.society.v1 import satisfaction_pb2

OPENS = {"": "/lapor"}
"""Codes that are opened here, by the letter after the city's own, and where."""
router = APIRouter(prefix="/lapor/{code}", route_class=PageRoute, include_in_schema=False)
CHECKED, WITH_PHOTOS = [Depends(csrf_checked)], [Depends(FormChecked(PHOTOS))]
OPEN = frozenset({"filed", "verified", "assigned", "in_progress", "waiting_for_reporter", "transferred", "reopened"})
ENDED = frozenset({"closed", "rejected"})
DONE = frozenset(
    {"rated", "reopened", "replied", "withdrawn", "photos", "erased", "unlocked", "asked", "redacted"}
    | {"link", "recovered", "corrected_address"}
    | {"joined", "joined_later", "joined_before"}
)


@router.get("")
async def case(request: Request, code: Code, k: str = "", done: str = "") -> Response:
    """The case as its reader may see it; a key in the address moves into a cookie first."""
    if k:
        return await _unlock(request, code, k)
    try:
        return await _show(request, code, done=done if done in DONE else "")
    except grpc.aio.AioRpcError as error:
        if error.code() is not grpc.StatusCode.NOT_FOUND:
            raise
        joined = await own_data.alone(request, code, link_keys.link_key_of(request), done)
        return joined or track.unknown(request, code, from_grpc(error))


@router.post("/kunci", dependencies=CHECKED)
async def unlock(request: Request, code: Code) -> Response:
    """Takes a typed key."""
    return await _unlock(request, code, (await forms.read(request))["key"])


async def _unlock(request: Request, code: str, key: str) -> Response:
    texts = texts_of(request)
    try:
        found = await _complaint(request, code, key)
    except grpc.aio.AioRpcError as error:
        if error.code() is not grpc.StatusCode.NOT_FOUND or not await own_data.holds_key(request, code, key):
            raise
        return link_keys.keep_and_go(request, code, key, link_keys.path_of(code), link_keys.JOINED)
    kind = link_keys.REPORTED if await _photos_left(request, found.code, key) is not None else link_keys.JOINED
    if kind == link_keys.JOINED and not await own_data.holds_key(request, found.code, key):
        return await _show(request, code, trouble=field_trouble(texts, key=texts("problem.key_wrong")), status=403)
    return link_keys.keep_and_go(request, found.code, key, f"{link_keys.path_of(found.code)}?done=unlocked", kind)


async def _complaint(request: Request, code: str, key: str) -> views.Complaint:
    pillars, asked = current_gateway(request).pillars, pb.GetComplaintRequest(code=code, link_key=key)
    answer = await pillars.call(asked, link_keys.public_caller(request))
    return views.complaint(answer.complaint)


async def _photos_left(request: Request, code: str, key: str) -> int | None:
    """How many photos the reporter may still add; None when the reader is not the reporter."""
    caller = link_keys.public_caller(request)
    if not key and caller.roles <= {"anonymous"}:
        return None
    pillars = current_gateway(request).pillars
    try:
        asked = photos_pb2.CheckPhotoRequest(code=code, link_key=key)
        return (await pillars.call(asked, caller)).left
    except grpc.aio.AioRpcError as error:
        if error.code() in (grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.UNAUTHENTICATED):
            return None
        if error.code() in (grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.RESOURCE_EXHAUSTED):
            return 0
        raise


async def _show(
    request: Request, code: str, *, done: str = "", doing: str = "", form: Fields | None = None,
    trouble: Trouble | None = None, status: int = 200,
) -> Response:  # fmt: skip
    key, by_mail = link_keys.link_key_of(request), await mailed.of(request)
    if by_mail and (not by_mail.good or await _photos_left(request, code, "") is not None):
        key = ""  # it no longer holds, or their login says more than it
    found = await _complaint(request, code, key)
    if found.code != code and request.method == "GET":
        return RedirectResponse(link_keys.path_of(found.code), 303)
    left = await _photos_left(request, found.code, key)
    acting = by_mail if by_mail and key else None
    reporter = left is not None or acting is not None
    reads = await _reads(request, found.code, key) if reporter and found.has_contact and not acting else []
    mine = await own_data.mail_of(request, found.code, key) if (key or reporter) and not acting else None
    shown_below = {photo for entry in found.timeline for photo in entry.photos}
    until = found.due.reopen_until if found.due else None
    judged = (
        await offered(request, satisfaction_pb2.ENDED_KIND_COMPLAINT, found.code)
        if reporter and found.state in ENDED
        else ""
    )
    return render(
        request, "governance/case.html", status, private=reporter or mine is not None, here="track",
        complaint=found, reporter=reporter, mine=mine, link_key=key, by_mail=acting,
        question=question_of(found.timeline),
        stale_link=by_mail is not None and not reporter, origin=current_gateway(request).settings.origin,
        reads=reads, photos_left=left or 0, done=done, judge_code=judged,
        doing=doing, form=form or Fields(), open_case=found.state in OPEN,
        contact_days=current_gateway(request).city.clocks.contact_days,
        can_reopen=found.state in ("resolved", "closed") and until is not None and until > datetime.now(UTC),
        own_work=_handles(current_caller(request), found),
        report_photos=[photo.id for photo in found.photos if photo.id not in shown_below],
        **(trouble.context() if trouble else {}),
    )  # fmt: skip


def _handles(caller: Caller, found: views.Complaint) -> bool:
    """Whether the reader is of the agency that has it, whose work nobody of theirs rates."""
    return caller.has("officer") and found.agency is not None and caller.agency == found.agency.id


async def _reads(request: Request, code: str, key: str) -> list[contacts_views.ContactRead]:
    pillars = current_gateway(request).pillars
    asked = contacts_pb2.ListContactReadsRequest(code=code, link_key=key)
    try:
        answer = await pillars.call(asked, link_keys.public_caller(request))
    except grpc.aio.AioRpcError:
        return []  # the list of readers is not worth the page
    return [contacts_views.contact_read(each) for each in answer.reads]


@router.get("/diterima")
async def sent(request: Request, code: Code, foto: str = "") -> Response:
    """What is told once, right after filing: code, key, agency, due dates."""
    gateway, key = current_gateway(request), link_keys.link_key_of(request)
    if not key or not link_keys.was_sent(request):
        return RedirectResponse(link_keys.path_of(code), 303)
    found = await _complaint(request, code, key)
    texts = texts_of(request)
    later = foto == photos.LATER
    trouble = texts.maybe(f"reason.{foto}", texts("reason.PHOTO_INVALID")) if foto and not later else ""
    return render(
        request, "governance/report_sent.html", private=True, here="report", complaint=found,
        link=f"{gateway.settings.origin}{link_keys.path_of(code)}?k={key}", link_key=key, photo_trouble=trouble,
        photos_later=later, mine=await own_data.mail_of(request, found.code, key),
    )  # fmt: skip


async def act(
    request: Request, code: str, doing: str, done: str, form: Fields, send: Callable[[str], Awaitable[Any]]
) -> Response:
    """Does what the reporter asked and shows the case; a refusal shows the form again, filled in."""
    try:
        await send(link_keys.link_key_of(request))
    except grpc.aio.AioRpcError as error:
        return await refused(request, code, doing, form, from_grpc(error))
    except Problem as problem:
        return await refused(request, code, doing, form, problem)
    return RedirectResponse(f"{link_keys.path_of(code)}?done={done}", 303)


async def ask(
    request: Request, code: str, doing: str, done: str, form: Fields, asked: Any, caller: Caller | None = None
) -> Response:
    """The same with a request to the pillar, which gets the form's idempotency key, the case and the reader's key."""
    pillars = current_gateway(request).pillars

    def send(key: str) -> Awaitable[Any]:
        asked.request_id, asked.code, asked.link_key = form["request_id"], code, key
        return pillars.call(asked, caller or link_keys.public_caller(request))

    return await act(request, code, doing, done, form, send)


async def refused(request: Request, code: str, doing: str, form: Fields, problem: Problem) -> Response:
    """The case with the form that was refused, filled in."""
    trouble = Trouble.of(problem, texts_of(request))
    return await _show(
        request, code, doing=doing, form=forms.kept(form, problem), trouble=trouble, status=problem.status
    )


@router.post("/nilai", dependencies=CHECKED)
async def rate(request: Request, code: Code) -> Response:
    """Rates the resolution; with the login of staff too, since nobody rates the work of their own agency."""
    form = await forms.read(request)
    if form["rating"] not in ("1", "2", "3", "4", "5"):
        texts = texts_of(request)
        trouble = field_trouble(texts, rating=texts("problem.rating_missing"))
        return await _show(request, code, doing="rate", form=form, trouble=trouble, status=422)
    asked = pb.RateComplaintRequest(rating=int(form["rating"]), note=form["note"])
    return await ask(request, code, "rate", "rated", form, asked, current_caller(request))


@router.post("/buka-lagi", dependencies=CHECKED)
async def reopen(request: Request, code: Code) -> Response:
    """Reopens within the window."""
    form = await forms.read(request)
    return await ask(request, code, "reopen", "reopened", form, pb.ReopenComplaintRequest(note=form["note"]))


@router.post("/balas", dependencies=CHECKED)
async def reply(request: Request, code: Code) -> Response:
    """Answers the agency's question."""
    form = await forms.read(request)
    return await ask(request, code, "reply", "replied", form, pb.ReplyComplaintRequest(note=form["note"]))


@router.post("/tarik", dependencies=CHECKED)
async def withdraw(request: Request, code: Code) -> Response:
    """Takes the report back."""
    form = await forms.read(request)
    return await ask(request, code, "withdraw", "withdrawn", form, pb.WithdrawComplaintRequest())


@router.post("/ikut", dependencies=CHECKED)
async def join(request: Request, code: Code) -> Response:
    """Me too."""
    form = await forms.read(request)
    try:
        return await support.join(request, code, form)
    except grpc.aio.AioRpcError as error:
        return await refused(request, code, "join", form, from_grpc(error))


@router.post("/foto", dependencies=WITH_PHOTOS)
async def add_photos(request: Request, code: Code) -> Response:
    """Adds photos to one's own report."""
    form, files = await forms.read(request), await forms.uploads(request)
    texts = texts_of(request)
    if not files:
        trouble = field_trouble(texts, photos=texts("problem.photo_missing"))
        return await _show(request, code, doing="photo", form=form, trouble=trouble, status=422)

    async def send(key: str) -> None:
        await photos.store(request, files, code, key, form["request_id"], link_keys.public_caller(request))

    return await act(request, code, "photo", "photos", form, send)


@router.get("/foto/{photo}")
async def show_photo(request: Request, code: Code, photo: Identifier) -> Response:
    """A photo the reader may see."""
    return await photos.answer(request, code, photo, link_keys.link_key_of(request), link_keys.public_caller(request))


@router.get("/tanda-terima.json")
async def receipt(request: Request, code: Code) -> Response:
    """The receipt as a file to keep."""
    pillars = current_gateway(request).pillars
    asked = receipts_pb2.GetReceiptRequest(code=code, link_key=link_keys.link_key_of(request))
    answer = await pillars.call(asked, link_keys.public_caller(request))
    body = msgspec.json.format(msgspec.json.encode(receipts_views.receipt(answer.receipt)), indent=2)
    headers = {"content-disposition": f'attachment; filename="{answer.receipt.code}.json"', "cache-control": "no-store"}
    return Response(body, media_type="application/json", headers=headers)
