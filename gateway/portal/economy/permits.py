"""Permits: what the city grants, applying for one by phone, and following one's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers.papers import lacking
from gateway.answers.problems import Problem
from gateway.bodies.kinds import PHOTOS_A_FORM, Kind
from gateway.callers.session import FormChecked, csrf_checked
from gateway.city.permitting import UNDECIDED, permitting_of
from gateway.city.permitting import Kind as PermitKind
from gateway.gateway import current_gateway
from gateway.portal.economy import permit_files, permit_photos
from gateway.portal.economy.permit_words import named
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted, incomplete, signed_in, tried
from gateway.portal.kit.addresses import Code, Identifier
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.own_page import OwnPage
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.kit.paging import PAGE, next_href, page_token
from gateway.portal.kit.rewriting import shown_again
from gateway.portal.society.invitations import offered
from services.kit.caller import Caller
from smartcity.economy.v1 import permit_documents_pb2 as documents_pb
from smartcity.economy.v1 import permits_pb2 as pb
from smartcity.economy.v1 import permits_views as views
from smartcity.society.v1 import satisfaction_pb2
from smartcity.types.v1.money_views import Money

PATH, OWN = "/izin", "/izin/saya"
CHECKED, WITH_PHOTOS = [Depends(csrf_checked)], [Depends(FormChecked(Kind(files=PHOTOS_A_FORM)))]
DONE = frozenset(
    {
        "permit_begun",
        "permit_changed",
        "permit_added",
        "permit_there",
        "permit_removed",
        "permit_submit",
        "permit_withdraw",
        "permit_give_up",
        "permit_object",
        "permit_pay",
        "permit_followed",
    }
)
MOVES = frozenset({"submit", "withdraw", "object"})
"""What an applicant does."""
_BETWEEN = re.compile(r"[\s.\-]")

OWN_PAGE = OwnPage(OWN, "permit.own", lambda city: permitting_of(city).kinds)
router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)
Person = Annotated[Caller, Depends(signed_in)]


@router.get("")
async def kinds(request: Request) -> Response:
    """What the city grants."""
    found = [(one, _fee(request, one)) for one in permitting_of(current_gateway(request).city).offered.values()]
    return render(request, "economy/permit_kinds.html", here="permits", kinds=found)


@router.get("/jenis/{kind}")
async def kind(request: Request, kind: Identifier) -> Response:
    """What a kind needs, and the way to the form."""
    known = _offered(request, kind)
    return render(
        request, "economy/permit_kind.html", here="permits", kind=known, amount=_fee(request, known), **named(request)
    )


@router.get("/jenis/{kind}/ajukan")
async def form(request: Request, kind: Identifier, caller: Person, perpanjang: str = "") -> Response:
    """The form to apply; filled in with what is extended."""
    known, filled = _offered(request, kind), Fields()
    if perpanjang:
        before = await _of(request, perpanjang[:32], caller)
        if before.extended_by:  # begun already: what is left is to send it
            return RedirectResponse(f"{OWN}/{before.extended_by}", 303)
        filled.update(
            name=before.name, holder=before.holder, area=before.area.code if before.area else "", place=before.place,
            nib=before.nib, extends=before.code,
        )  # fmt: skip
    return _form(request, known, FormState(form=filled))


@router.post("/jenis/{kind}/ajukan", dependencies=CHECKED)
async def apply(request: Request, kind: Identifier, caller: Person) -> Response:
    """Begins an application; documents follow on its own page."""
    known, given = _offered(request, kind), await forms.read(request)
    asked = pb.CreatePermitRequest(
        request_id=given["request_id"], kind=known.id, extends=given["extends"], **_particulars(given)
    )
    answer = await tried(request, caller, "", given, asked, {})
    if isinstance(answer, FormState):
        return _form(request, known, answer)
    return RedirectResponse(f"{OWN}/{answer.permit.code}?done=permit_begun", 303)


@router.get("/saya")
async def listed(request: Request, caller: Person) -> Response:
    """The caller's, the newest first."""
    asked = pb.ListPermitsRequest(own=True, page_size=PAGE, page_token=page_token(request))
    answer = await current_gateway(request).pillars.call(asked, caller)
    return render(
        request, "economy/permits.html", private=True, here="permits",
        found=[views.permit(one) for one in answer.permits], next_href=next_href(OWN, answer.next_page_token),
        **named(request),
    )  # fmt: skip


@router.get("/saya/{code}")
async def one(request: Request, code: Code, caller: Person, done: str = "") -> Response:
    """One of them: documents, where it stands, and what its applicant can do."""
    return await show(request, code, caller, FormState(done=done if done in DONE else ""))


@router.post("/saya/{code}/dokumen", dependencies=WITH_PHOTOS)
async def add(request: Request, code: Code, caller: Person) -> Response:
    """Adds photos of a document; where that is what was pressed, it is sent with them, or not at all."""
    given, files = await forms.read(request), await forms.uploads(request)
    sends = given["go"] == "submit"
    missing = "" if files or sends else "problem.photo_missing"
    if wrong := "permit.photos_many" if await forms.files_left_out(request) else missing:
        return await show(request, code, caller, incomplete(request, "add", given, photos=wrong))
    refused, there = await permit_photos.add(request, caller, code, given, files)
    if refused:
        return await show(request, code, caller, permit_photos.told(request, given, refused, len(files)))
    if sends:
        return await _move(request, code, caller, given, "submit", permit_photos.anew(given) if files else given)
    return RedirectResponse(f"{OWN}/{code}?done=permit_{'there' if there == len(files) else 'added'}", 303)


@router.post("/saya/{code}/dokumen/{id}/hapus", dependencies=CHECKED)
async def remove(request: Request, code: Code, id: Identifier, caller: Person) -> Response:  # noqa: A002
    """Takes a photo out while its applicant has it."""
    given = await forms.read(request)
    asked = documents_pb.DeletePermitDocumentRequest(request_id=given["request_id"], code=code, id=id)
    return await _done(request, code, caller, "removed", given, current_gateway(request).pillars.call(asked, caller))


@router.get("/saya/{code}/ubah")
async def change_form(request: Request, code: Code, caller: Person) -> Response:
    """The form to change an application."""
    found = await _of(request, code, caller)
    return _form(request, _kind(request, found.kind), FormState(form=_filled(found)), found)


@router.post("/saya/{code}/ubah", dependencies=CHECKED)
async def change(request: Request, code: Code, caller: Person) -> Response:
    """Changes it before it is sent, or while its applicant is asked."""
    given = await forms.read(request)
    asked = pb.UpdatePermitRequest(request_id=given["request_id"], code=code, etag=given["etag"], **_particulars(given))
    answer = await attempted(request, "", given, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        found = await _of(request, code, caller)
        return _form(request, _kind(request, found.kind), answer, found)
    return RedirectResponse(f"{OWN}/{code}?done=permit_changed", 303)


@router.post("/saya/{code}/langkah", dependencies=CHECKED)
async def act(request: Request, code: Code, caller: Person) -> Response:
    """Sends it, takes it back, or objects."""
    given = await forms.read(request)
    move = given["move"] if given["move"] in MOVES else "submit"
    return await _move(request, code, caller, given, move, given)


async def _move(request: Request, code: str, caller: Caller, given: Fields, move: str, again: Fields) -> Response:
    """Moves it; where that is refused its page has the form with ``again``."""
    asked = pb.TransitionPermitRequest(
        request_id=given["request_id"], code=code, etag=given["etag"], move=views.PERMIT_MOVE_NUMBERS[move],
        note=given["note"],
    )  # fmt: skip
    answer = await attempted(request, move, again, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await show(request, code, caller, answer)
    given_back = move == "withdraw" and answer.permit.state == pb.PERMIT_STATE_ENDED  # it held, or had
    return RedirectResponse(f"{OWN}/{code}?done=permit_{'give_up' if given_back else move}", 303)


@router.post("/saya/{code}/bayar", dependencies=CHECKED)
async def pay(request: Request, code: Code, caller: Person) -> Response:
    """Asks for the fee anew."""
    given = await forms.read(request)
    asked = pb.RequestPermitPaymentRequest(request_id=given["request_id"], code=code)
    return await _done(request, code, caller, "pay", given, current_gateway(request).pillars.call(asked, caller))


@router.get("/saya/{code}/izin.pdf")
async def paper(request: Request, code: Code, caller: Person) -> Response:
    """The paper on a page to print."""
    found = await _of(request, code, caller)
    if not found.own or not found.has_paper:
        raise Problem(404, "PERMIT_PAPER_NOT_FOUND", "There is no paper of this permit for you.")
    return await permit_files.answer(request, found)


@router.get("/dokumen/{code}/{id}")
async def document(request: Request, code: Code, id: Identifier, caller: Person) -> Response:  # noqa: A002
    """A photo of a document, for its applicant and for officers."""
    gateway = current_gateway(request)
    found = await gateway.pillars.call(documents_pb.GetPermitDocumentRequest(code=code, id=id), caller)
    data = await gateway.files.get(found.path)
    return Response(data, media_type=found.document.content_type, headers={"cache-control": "no-store"})


async def _done(
    request: Request, code: str, caller: Caller, doing: str, given: Fields, call: Any, done: str = ""
) -> Response:  # fmt: skip
    answer = await attempted(request, doing, given, call)
    if isinstance(answer, FormState):
        return await show(request, code, caller, answer)
    return RedirectResponse(f"{OWN}/{code}?done=permit_{done or doing}", 303)


async def show(request: Request, code: str, caller: Caller, shown: FormState) -> Response:
    """A permit's page, after what was done on it."""
    found = await _of(request, code, caller)
    decided = found.own and found.state not in UNDECIDED
    judged = await offered(request, satisfaction_pb2.ENDED_KIND_PERMIT, found.code) if decided else ""
    known = permitting_of(current_gateway(request).city).kinds.get(found.kind)
    return render(
        request, "economy/permit.html", shown.status, private=True, here="permits", it=found, judge_code=judged,
        kind=known, amount=_fee(request, known) if known else None,
        unprinted=any(map(lacking, (found.holder, found.name, found.place))),
        begins_undecided=begins_undecided(request), due_if_sent=_due_if_sent(request, known) if known else None,
        **named(request), **shown.context(),
    )  # fmt: skip


def _form(request: Request, known: PermitKind, shown: FormState, found: views.Permit | None = None) -> Response:
    context = shown.context()
    if found is not None:
        words = {"area": found.area.name or found.area.code} if found.area else {}
        context = shown_again(shown, "", _filled(found), together=[("first_day", "last_day")], words=words)
    return render(
        request, "economy/permit_form.html", shown.status, private=True, here="permits", kind=known, it=found,
        due_if_sent=_due_if_sent(request, known), **context,
    )  # fmt: skip


def _filled(found: views.Permit) -> Fields:
    """An application as its form has it."""
    return Fields(
        name=found.name, holder=found.holder, area=found.area.code if found.area else "", place=found.place,
        nib=found.nib, first_day=found.first_day, last_day=found.last_day,
    )  # fmt: skip


async def _of(request: Request, code: str, caller: Caller) -> views.Permit:
    answer = await current_gateway(request).pillars.call(pb.GetPermitRequest(code=code), caller)
    return views.permit(answer.permit)


def _offered(request: Request, kind: str) -> PermitKind:
    return _known(permitting_of(current_gateway(request).city).offered, kind)


def _kind(request: Request, kind: str) -> PermitKind:
    """Offered or not: of what was applied for."""
    return _known(permitting_of(current_gateway(request).city).kinds, kind)


def _known(kinds: Mapping[str, PermitKind], kind: str) -> PermitKind:
    found = kinds.get(kind)
    if found is None:
        raise Problem(404, "PERMIT_KIND_NOT_FOUND", "There is no such kind of permit.")
    return found


def _due_if_sent(request: Request, kind: PermitKind) -> datetime:
    """By when the city has to have decided on what is sent now."""
    return current_gateway(request).city.calendar.add_working_days(datetime.now(UTC), kind.days)


def begins_undecided(request: Request) -> Callable[[views.Permit, datetime | None], bool]:
    """Whether the first day of a permit comes while it may not be decided yet: no later than the day it is due."""
    zone = current_gateway(request).city.timezone
    return lambda it, due: due is not None and "" < it.first_day <= str(due.astimezone(zone).date())


def _fee(request: Request, kind: PermitKind) -> Money | None:
    return Money(currency=current_gateway(request).city.currency, units=kind.fee) if kind.fee else None


def nib_typed(text: str) -> str:
    """A business number without what stands between its digits."""
    return _BETWEEN.sub("", text)


def _particulars(given: Fields) -> dict[str, str]:
    return {
        "name": given["name"],
        "holder": given["holder"],
        "area": given["area"],
        "place": given["place"],
        "nib": nib_typed(given["nib"]),
        "first_day": given["first_day"],
        "last_day": given["last_day"],
    }
