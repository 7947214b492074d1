"""The desk of destinations: corrections that wait, and what visitors should know now."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from google.protobuf.timestamp_pb2 import Timestamp
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.session import csrf_checked
from gateway.gateway import current_gateway
from gateway.portal.branding import destination_words as words
from gateway.portal.branding.all_destinations import all_destinations
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted, incomplete
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.dates import moment_of
from gateway.portal.kit.page import PageRoute, city_words, render
from gateway.portal.kit.paging import PAGE, next_href, page_token, strange
from gateway.portal.kit.staff import staff
from services.kit.caller import Caller
from services.kit.numbers import grouped
from smartcity.branding.v1 import destinations_pb2 as pb
from smartcity.branding.v1 import destinations_views as views
from smartcity.branding.v1 import visits_pb2, visits_views

PATH = "/petugas/wisata"
router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)
CHECKED = [Depends(csrf_checked)]
Staff = Annotated[Caller, Depends(staff)]
STATES = ("waiting", "accepted", "declined")
PATIENCE_S = 2.0
"""Within which the names of places are there."""
DONE = frozenset({"place_accepted", "place_declined", "advisory_told", "advisory_ended", "visits_counted"})


@router.get("")
async def listed(request: Request, caller: Staff, keadaan: str = "", done: str = "") -> Response:
    """Corrections in a state, and the advisories that hold."""
    if (back := strange(request, keadaan=STATES)) is not None:
        return back
    return await _desk(request, caller, FormState(done=done if done in DONE else ""), keadaan)


@router.post("/kabar", dependencies=CHECKED)
async def advise(request: Request, caller: Staff) -> Response:
    """Tells visitors something."""
    form = await forms.read(request)
    asked = pb.CreateAdvisoryRequest(
        request_id=form["request_id"], destination=form["destination"], areas=[form["area"]] if form["area"] else [],
        level=views.ADVISORY_LEVEL_NUMBERS.get(form["level"], pb.ADVISORY_LEVEL_UNSPECIFIED), text=form["text"],
        text_en=form["text_en"],
    )  # fmt: skip
    ends = moment_of(form["end_time"], city_words(request).city.timezone)
    answer: Any = None
    if form["end_time"] and ends is None:
        answer = incomplete(request, "advise", form, end_time="place_desk.time_wrong")
    elif ends is not None:
        stamp = Timestamp()
        stamp.FromDatetime(ends)
        asked.end_time.CopyFrom(stamp)
    if answer is None:
        answer = await attempted(request, "advise", form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _desk(request, caller, answer)
    return RedirectResponse(f"{PATH}?done=advisory_told", 303)


@router.post("/kabar/{id}/akhiri", dependencies=CHECKED)
async def end(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Ends an advisory."""
    form = await forms.read(request)
    asked = pb.EndAdvisoryRequest(request_id=form["request_id"], id=id, etag=form["etag"])
    answer = await attempted(request, "end", form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _desk(request, caller, answer)
    return RedirectResponse(f"{PATH}?done=advisory_ended", 303)


@router.post("/hitung", dependencies=CHECKED)
async def count(request: Request, caller: Staff) -> Response:
    """Counts visitors; the form's key stands for the count, so that it counts once."""
    form = await forms.read(request)
    asked = visits_pb2.CountVisitsRequest()
    asked.counts.add(
        id=form["request_id"], destination=form["place"], visits=grouped(form["visits"], 5) or 0,
        origin=visits_views.VISIT_ORIGIN_NUMBERS.get(form["origin"], visits_pb2.VISIT_ORIGIN_UNKNOWN),
    )  # fmt: skip
    answer = await attempted(request, "count", form, current_gateway(request).pillars.call(asked, caller))
    if not isinstance(answer, FormState) and answer.outcomes[0] == visits_pb2.VISIT_OUTCOME_DESTINATION_UNKNOWN:
        answer = incomplete(request, "count", form, place="reason.DESTINATION_NOT_FOUND")
    if isinstance(answer, FormState):
        return await _desk(request, caller, answer)
    return RedirectResponse(f"{PATH}?done=visits_counted", 303)


@router.get("/koreksi/{id}")
async def correction(request: Request, id: Identifier, caller: Staff, done: str = "") -> Response:  # noqa: A002
    """A correction beside what is said now."""
    return await _correction(request, id, caller, FormState(done=done if done in DONE else ""))


@router.post("/koreksi/{id}", dependencies=CHECKED)
async def decide(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Decides on it."""
    form = await forms.read(request)
    state = form["state"] if form["state"] in ("accepted", "declined") else "declined"
    asked = pb.DecideDestinationCorrectionRequest(
        request_id=form["request_id"], id=id, etag=form["etag"], note=form["note"],
        state=views.DESTINATION_CORRECTION_STATE_NUMBERS[state],
    )  # fmt: skip
    answer = await attempted(request, "decide", form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _correction(request, id, caller, answer)
    return RedirectResponse(f"{PATH}/koreksi/{id}?done=place_{state}", 303)


async def _desk(request: Request, caller: Caller, shown: FormState, state: str = "") -> Response:
    pillars, state = current_gateway(request).pillars, state or STATES[0]
    asked = pb.ListDestinationCorrectionsRequest(page_size=PAGE, page_token=page_token(request))
    asked.state = views.DESTINATION_CORRECTION_STATE_NUMBERS[state]
    answer = await pillars.call(asked, caller)
    told = await pillars.call(pb.ListAdvisoriesRequest(), caller)
    places = sorted(await all_destinations(request, PATIENCE_S), key=lambda one: one.name)
    return render(
        request, "branding/officer_places.html", shown.status, private=True, here="officer", view="places",
        found=[views.destination_correction(one) for one in answer.corrections], state=state, states=STATES,
        told=[views.advisory(one) for one in told.advisories], places=places,
        levels=list(views.ADVISORY_LEVEL_NUMBERS), origins=list(visits_views.VISIT_ORIGIN_NUMBERS),
        next_href=next_href(PATH, answer.next_page_token, keadaan=state), **words.words(request), **shown.context(),
    )  # fmt: skip


async def _correction(request: Request, id_: str, caller: Caller, shown: FormState) -> Response:
    asked = pb.GetDestinationCorrectionRequest(id=id_)
    answer = await current_gateway(request).pillars.call(asked, caller)
    return render(
        request, "branding/officer_place_correction.html", shown.status, private=True, here="officer", view="places",
        one=views.destination_correction(answer.correction), base=f"{PATH}/koreksi/{id_}", **words.words(request),
        **shown.context(),
    )  # fmt: skip
