"""Courses: what is offered, and a page of each where people enrol."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.session import csrf_checked, current_caller
from gateway.city.teaching import teaching_agencies
from gateway.gateway import current_gateway
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted, signed_in
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.kit.paging import PAGE, next_href, page_token
from gateway.portal.kit.way_back import kept, public_trail, way_back
from services.kit.caller import Caller
from smartcity.society.v1 import courses_pb2 as pb
from smartcity.society.v1 import courses_views as views
from smartcity.society.v1 import enrolments_pb2, enrolments_views

PATH = "/sosial/kursus"
LIVE = ("seated", "waiting")
STATES = ("published", "finished", "cancelled")

router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)


@router.get("")
async def listed(request: Request, status: str = "") -> Response:
    """Those that are offered, the soonest first; or those that are over, or were called off."""
    state = status if status in STATES else STATES[0]
    asked = pb.ListCoursesRequest(
        page_size=PAGE, page_token=page_token(request), state=views.COURSE_STATE_NUMBERS[state]
    )
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    return render(
        request, "society/courses.html", here="society", found=[views.course(one) for one in answer.courses],
        state=state, states=STATES, offered=bool(teaching_agencies(current_gateway(request).city)),
        next_href=next_href(PATH, answer.next_page_token, status=state),
        trail=public_trail(PATH, status=state if status else "", page=page_token(request)),
    )  # fmt: skip


@router.get("/{id}")
async def one(request: Request, id: Identifier) -> Response:  # noqa: A002
    """One of them."""
    return await _show(request, id, FormState())


@router.post("/{id}", dependencies=[Depends(csrf_checked)])
async def enrol(request: Request, id: Identifier, caller: Annotated[Caller, Depends(signed_in)]) -> Response:  # noqa: A002
    """Asks for a seat."""
    form = await forms.read(request)
    asked = enrolments_pb2.CreateEnrolmentRequest(
        request_id=form["request_id"], course=id, name=form["name"], name_shown=form.flag("name_shown")
    )
    answer: Any = await attempted(request, "enrol", form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _show(request, id, answer)
    done = "seat_given" if answer.enrolment.state == enrolments_pb2.ENROLMENT_STATE_SEATED else "seat_waiting"
    return RedirectResponse(f"/sosial/kursus-saya/{answer.enrolment.id}?done={done}", 303)


async def _show(request: Request, id_: str, shown: FormState) -> Response:
    caller = current_caller(request)
    pillars, may = current_gateway(request).pillars, caller.has("citizen") or caller.has("officer")
    answer = await pillars.call(pb.GetCourseRequest(id=id_), caller)
    own = enrolments_pb2.ListEnrolmentsRequest(course=id_, page_size=1)
    found = (await pillars.call(own, caller)).enrolments if may else []
    enrolled = [one for one in map(enrolments_views.enrolment, found) if one.state in LIVE]
    return render(
        request, "society/course.html", shown.status, private=True, here="society", it=views.course(answer.course),
        base=f"{PATH}/{answer.course.id}", back=way_back(request, PATH), trail=kept(request, PATH), may=may,
        enrolled=enrolled[0] if enrolled else None, **shown.context(),
    )  # fmt: skip
