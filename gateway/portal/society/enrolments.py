"""One's own courses: the seat, the place on the waiting list, attendance, and the certificate to print."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers import certificate_files
from gateway.answers.papers import lacking
from gateway.answers.problems import Problem
from gateway.callers.session import csrf_checked
from gateway.city.teaching import teaching_agencies
from gateway.gateway import current_gateway
from gateway.portal.kit import dates, forms
from gateway.portal.kit.acting import FormState, attempted, signed_in
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.own_page import OwnPage
from gateway.portal.kit.page import PageRoute, city_words, render, texts_of
from gateway.portal.kit.paging import PAGE, next_href, page_token
from services.kit.caller import Caller
from smartcity.society.v1 import courses_pb2, courses_views
from smartcity.society.v1 import enrolments_pb2 as pb
from smartcity.society.v1 import enrolments_views as views

PATH = "/sosial/kursus-saya"
CHECKED = [Depends(csrf_checked)]
DONE = frozenset({"seat_given", "seat_waiting", "seat_withdrawn", "name_chosen", "course_followed"})

OWN_PAGE = OwnPage(PATH, "enrolment.title", teaching_agencies)
router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)
Person = Annotated[Caller, Depends(signed_in)]


@router.get("")
async def listed(request: Request, caller: Person) -> Response:
    """The caller's."""
    asked = pb.ListEnrolmentsRequest(page_size=PAGE, page_token=page_token(request))
    answer = await current_gateway(request).pillars.call(asked, caller)
    return render(
        request, "society/enrolments.html", private=True, here="society",
        found=[views.enrolment(one) for one in answer.enrolments], next_href=next_href(PATH, answer.next_page_token),
    )  # fmt: skip


@router.get("/{id}")
async def one(request: Request, id: Identifier, caller: Person, done: str = "") -> Response:  # noqa: A002
    """One of them."""
    return await show(request, id, caller, FormState(done=done if done in DONE else ""))


@router.post("/{id}/batal", dependencies=CHECKED)
async def withdraw(request: Request, id: Identifier, caller: Person) -> Response:  # noqa: A002
    """Gives the seat back."""
    form = await forms.read(request)
    asked = pb.WithdrawEnrolmentRequest(request_id=form["request_id"], id=id)
    return await _act(request, id, caller, "withdraw", asked, "seat_withdrawn")


@router.post("/{id}/nama", dependencies=CHECKED)
async def show_name(request: Request, id: Identifier, caller: Person) -> Response:  # noqa: A002
    """Says whether who verifies the certificate is told the name, and corrects it."""
    form = await forms.read(request)
    asked = pb.ShowEnrolmentNameRequest(
        request_id=form["request_id"], id=id, name_shown=form.flag("name_shown"), name=form["name"]
    )
    return await _act(request, id, caller, "name", asked, "name_chosen")


@router.get("/{id}/sertifikat.pdf")
async def certificate(request: Request, id: Identifier, caller: Person) -> Response:  # noqa: A002
    """The certificate on a page to print."""
    found = await _of(request, id, caller)
    if not found.certificate or found.course is None or not found.own:
        raise Problem(404, "CERTIFICATE_NOT_FOUND", "There is no such certificate for you.")
    if found.certificate_withdraw_time:  # paper says nothing of what came after it
        raise Problem(409, "CERTIFICATE_WITHDRAWN", "This certificate was withdrawn: it is not printed any more.")
    texts, zone, course = texts_of(request), city_words(request).city.timezone, found.course
    base = current_gateway(request).settings.public_url.rstrip("/")
    agency = city_words(request).agency_names.get(course.agency, course.agency)
    held = [dates.day(at, texts, zone) for at in (course.sessions[0].start_time, course.sessions[-1].end_time) if at]
    lines = [
        " - ".join(dict.fromkeys(held)),
        texts.count("certificate.attended", len(course.sessions), attended=found.attended), course.venue, agency,
    ]  # fmt: skip
    made = certificate_files.pdf(
        texts("certificate.heading"), found.name, texts("certificate.says"),
        course.title_en if texts.language == "en" and course.title_en else course.title, lines, found.certificate,
        f"{base}/sosial/sertifikat/{found.certificate}", texts("certificate.paper_note"),
        by=f"{agency}, {city_words(request).name}", language=texts.language,
    )  # fmt: skip
    headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{found.certificate}.pdf"'}
    return Response(made, headers=headers, media_type="application/pdf")


async def _of(request: Request, id_: str, caller: Caller) -> views.Enrolment:
    answer = await current_gateway(request).pillars.call(pb.GetEnrolmentRequest(id=id_), caller)
    return views.enrolment(answer.enrolment)


async def _act(request: Request, id_: str, caller: Caller, doing: str, asked: Any, done: str) -> Response:
    form = await forms.read(request)
    answer = await attempted(request, doing, form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await show(request, id_, caller, answer)
    return RedirectResponse(f"{PATH}/{id_}?done={done}", 303)


async def show(request: Request, id_: str, caller: Caller, shown: FormState) -> Response:
    """The page of one, with how its last form stands."""
    found = await _of(request, id_, caller)
    assert found.course is not None, "an enrolment is read with its course"
    asked = courses_pb2.GetCourseRequest(id=found.course.id)
    course = courses_views.course((await current_gateway(request).pillars.call(asked, caller)).course)
    return render(
        request, "society/enrolment.html", shown.status, private=True, here="society", it=found, course=course,
        base=f"{PATH}/{found.id}", unprinted=lacking(found.name), **shown.context(),
    )  # fmt: skip
