"""The desk of courses: drafts, publishing, changing, calling off; who takes part, and the certificates."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.session import csrf_checked
from gateway.gateway import current_gateway
from gateway.portal.kit import forms
from gateway.portal.kit.acting import Desk, FormState, incomplete, tried
from gateway.portal.kit.addresses import Code, Identifier
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.kit.paging import PAGE, next_href, page_token
from gateway.portal.kit.rewriting import shown_again
from gateway.portal.kit.staff import staff
from gateway.portal.society.course_entries import entered, fill
from services.kit.caller import Caller
from smartcity.society.v1 import certificates_pb2, enrolments_pb2, enrolments_views
from smartcity.society.v1 import courses_pb2 as pb
from smartcity.society.v1 import courses_views as views

PATH = "/petugas/kursus"
CHECKED = [Depends(csrf_checked)]
STATES = ("draft", "published", "finished", "cancelled")
DONE = frozenset({
    "course_drafted", "course_changed", "course_published", "course_cancelled", "attendance_noted", "draft_discarded",
    "certificates_issued", "certificates_none", "certificates_left", "certificate_withdrawn", "certificate_reissued",
})  # fmt: skip
LISTED = 80
"""Rows of a list of participants: a form has 200 fields at most."""
WAITING = "tunggu"
"""The page of the waiting list in an address, where ``page`` is that of those who have a seat."""

router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)
Staff = Annotated[Caller, Depends(staff)]


@router.get("")
async def desk(request: Request, caller: Staff, status: str = "", done: str = "") -> Response:
    """Courses in a state, and the form for another."""
    return await _desk(request, caller, status, FormState(done=done if done in DONE else ""))


@router.post("", dependencies=CHECKED)
async def create(request: Request, caller: Staff) -> Response:
    """Saves a draft."""
    form = await forms.read(request)
    asked = pb.CreateCourseRequest(request_id=form["request_id"])
    answer: Any = await _filled(request, caller, "create", form, asked)
    if isinstance(answer, FormState):
        return await _desk(request, caller, "draft", answer)
    return RedirectResponse(f"{PATH}/{answer.course.id}?done=course_drafted", 303)


@router.get("/{id}")
async def one(request: Request, id: Identifier, caller: Staff, done: str = "") -> Response:  # noqa: A002
    """One of them, with who takes part."""
    return await _show(request, id, caller, FormState(done=done if done in DONE else ""))


@router.post("/{id}/tulis", dependencies=CHECKED)
async def rewrite(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Writes it anew; its point, which no form shows, stays while it lies in the same area."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    found = (await pillars.call(pb.GetCourseRequest(id=id), caller)).course
    asked = pb.UpdateCourseRequest(request_id=form["request_id"], id=id, etag=form["etag"], reason=form["reason"])
    if found.HasField("point") and found.area.code == form["area"]:
        asked.point.CopyFrom(found.point)
    answer = await _filled(request, caller, "rewrite", form, asked)
    done = "course_drafted" if found.state == pb.COURSE_STATE_DRAFT else "course_changed"
    return await _DESK.after(request, id, caller, answer, done)


@router.post("/{id}/buang", dependencies=CHECKED)
async def discard(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Throws a draft away."""
    form = await forms.read(request)
    asked = pb.DeleteCourseRequest(request_id=form["request_id"], id=id, etag=form["etag"])
    answer = await tried(request, caller, "discard", form, asked)
    if isinstance(answer, FormState):
        return await _show(request, id, caller, answer)
    return RedirectResponse(f"{PATH}?status=draft&done=draft_discarded", 303)


@router.post("/{id}/terbit", dependencies=CHECKED)
async def publish(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Makes it public."""
    form = await forms.read(request)
    asked = pb.PublishCourseRequest(request_id=form["request_id"], id=id, etag=form["etag"])
    return await _DESK.do(request, id, caller, "publish", form, asked, "course_published")


@router.post("/{id}/batal", dependencies=CHECKED)
async def cancel(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Calls it off."""
    form = await forms.read(request)
    asked = pb.CancelCourseRequest(request_id=form["request_id"], id=id, etag=form["etag"], reason=form["reason"])
    return await _DESK.do(request, id, caller, "cancel", form, asked, "course_cancelled")


@router.post("/{id}/sertifikat", dependencies=CHECKED)
async def issue(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Issues the certificates."""
    form = await forms.read(request)
    asked = certificates_pb2.IssueCertificatesRequest(request_id=form["request_id"], course=id)
    answer = await tried(request, caller, "issue", form, asked)
    done = "" if isinstance(answer, FormState) else _issued(answer)
    return await _DESK.after(request, id, caller, answer, done)


@router.post("/{id}/sertifikat/{code}", dependencies=CHECKED)
async def take_back(request: Request, id: Identifier, code: Code, caller: Staff) -> Response:  # noqa: A002
    """Withdraws a certificate, as it is now."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    found = await pillars.call(certificates_pb2.GetCertificateRequest(code=code), caller)
    asked = certificates_pb2.WithdrawCertificateRequest(
        request_id=form["request_id"], code=code, etag=found.certificate.etag, reason=form["reason"]
    )
    return await _DESK.do(request, id, caller, f"withdraw-{code}", form, asked, "certificate_withdrawn")


@router.post("/{id}/sertifikat/{code}/baru", dependencies=CHECKED)
async def reissue(request: Request, id: Identifier, code: Code, caller: Staff) -> Response:  # noqa: A002
    """Issues a withdrawn certificate anew."""
    form = await forms.read(request)
    asked = certificates_pb2.ReissueCertificateRequest(request_id=form["request_id"], code=code)
    return await _DESK.do(request, id, caller, f"reissue-{code}", form, asked, "certificate_reissued")


@router.get("/{id}/sesi/{number}")
async def session(request: Request, id: Identifier, number: int, caller: Staff) -> Response:  # noqa: A002
    """The list of a session: to print and sign, and to note who is there."""
    return await _session(request, id, number, caller, FormState())


@router.post("/{id}/sesi/{number}", dependencies=CHECKED)
async def mark(request: Request, id: Identifier, number: int, caller: Staff) -> Response:  # noqa: A002
    """Notes who was there, of those on the list."""
    form = await forms.read(request)
    present = form.all("present")
    absent = [one for one in form.all("listed") if one not in present]
    asked = enrolments_pb2.MarkAttendanceRequest(
        request_id=form["request_id"], course=id, session=min(max(number, 0), 99), present=present, absent=absent,
        note=form["note"],
    )  # fmt: skip
    answer = await tried(request, caller, "mark", form, asked)
    if isinstance(answer, FormState):
        return await _session(request, id, number, caller, answer)
    return RedirectResponse(f"{PATH}/{id}?done=attendance_noted", 303)


async def _session(request: Request, id_: str, number: int, caller: Caller, shown: FormState) -> Response:
    pillars = current_gateway(request).pillars
    listing = enrolments_pb2.ListParticipantsRequest(page_size=LISTED, page_token=page_token(request), course=id_)
    course, listed = await asyncio.gather(
        pillars.call(pb.GetCourseRequest(id=id_), caller), pillars.call(listing, caller)
    )
    found = views.course(course.course)
    number = min(max(number, 1), len(found.sessions))
    base = f"{PATH}/{found.id}/sesi/{number}"
    people = [enrolments_views.enrolment(each) for each in listed.enrolments]
    there = {each.id for each in people if number in each.present}
    if shown.form and shown.doing == "mark":  # as it was ticked; who came onto the list meanwhile is as noted
        there = there - set(shown.form.all("listed")) | set(shown.form.all("present"))
    return render(
        request, "society/officer_session.html", shown.status, private=True, here="officer", view="courses", it=found,
        number=number, session=found.sessions[number - 1], people=people, there=there,
        action=next_href(base, page_token(request)) or base, next_href=next_href(base, listed.next_page_token),
        **shown.context(),
    )  # fmt: skip


async def _desk(request: Request, caller: Caller, status: str, shown: FormState) -> Response:
    state = status if status in STATES else "published"
    agency = "" if caller.has("admin") else caller.agency
    asked = pb.ListCoursesRequest(
        page_size=PAGE, page_token=page_token(request), state=views.COURSE_STATE_NUMBERS[state], agency=agency
    )
    answer = await current_gateway(request).pillars.call(asked, caller) if agency or caller.has("admin") else None
    return render(
        request, "society/officer_courses.html", shown.status, private=True, here="officer", view="courses",
        found=[views.course(one) for one in answer.courses] if answer else [], state=state, states=STATES,
        next_href=next_href(PATH, answer.next_page_token if answer else "", status=state), **shown.context(),
    )  # fmt: skip


async def _show(request: Request, id_: str, caller: Caller, shown: FormState) -> Response:
    pillars = current_gateway(request).pillars
    found = views.course((await pillars.call(pb.GetCourseRequest(id=id_), caller)).course)
    own = caller.has("admin") or caller.agency == found.agency
    listing = enrolments_pb2.ListParticipantsRequest(page_size=LISTED, page_token=page_token(request), course=id_)
    queue = enrolments_pb2.ListParticipantsRequest(
        page_size=LISTED,
        page_token=page_token(request, WAITING),
        course=id_,
        state=enrolments_pb2.ENROLMENT_STATE_WAITING,
    )
    listed = waiting = enrolments_pb2.ListParticipantsResponse()
    if own:
        listed, waiting = await asyncio.gather(pillars.call(listing, caller), pillars.call(queue, caller))
    words = {"area": found.area.name or found.area.code} if found.area else {}
    context = shown_again(shown, "rewrite", entered(request, found), words=words)
    return render(
        request, "society/officer_course.html", shown.status, private=True, here="officer", view="courses", it=found,
        own=own, people=[enrolments_views.enrolment(each) for each in listed.enrolments], base=f"{PATH}/{found.id}",
        next_href=next_href(f"{PATH}/{found.id}", listed.next_page_token), **context,
        waiting=[enrolments_views.enrolment(each) for each in waiting.enrolments],
        more_href=next_href(f"{PATH}/{found.id}", waiting.next_page_token, name=WAITING),
    )  # fmt: skip


def _issued(answer: certificates_pb2.IssueCertificatesResponse) -> str:
    """The word for what was issued: an officer else believes that a withdrawn one is given again."""
    if answer.own:
        return "certificates_left"
    return "certificates_issued" if answer.issued else "certificates_none"


async def _filled(
    request: Request, caller: Caller, doing: str, form: Fields, asked: pb.CreateCourseRequest | pb.UpdateCourseRequest
) -> Any:
    wrong = fill(request, form, asked)
    return incomplete(request, doing, form, **wrong) if wrong else await tried(request, caller, doing, form, asked)


_DESK = Desk(PATH, _show)
