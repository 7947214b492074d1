"""The desk of the fleet: a day's rounds are planned, looked at, and ticked off stop by stop on the crew's own page."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from gateway.answers.problems import Problem
from gateway.callers.session import csrf_checked
from gateway.gateway import current_gateway
from gateway.portal.environment.sketch import drawn
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute, render, texts_of
from gateway.portal.kit.paging import PAGE, next_href, page_token
from gateway.portal.kit.staff import staff
from services.kit.caller import Caller
from smartcity.environment.v1 import rounds_pb2
from smartcity.environment.v1 import rounds_views as views

router = APIRouter(prefix="/petugas/armada", route_class=PageRoute, include_in_schema=False)
PATH = "/petugas/armada"
CHECKED = [Depends(csrf_checked)]
Staff = Annotated[Caller, Depends(staff)]
DONE = frozenset({"stop_ticked", "stop_open_again"})
DAYS = 8
"""Today and the days after that can be planned."""


@router.get("")
async def listed(request: Request, caller: Staff) -> Response:
    """Plans, the newest first, and the form that asks for one."""
    return await _listed(request, caller, FormState())


async def _listed(request: Request, caller: Caller, shown: FormState) -> Response:
    pillars = current_gateway(request).pillars
    asked = rounds_pb2.ListRoundPlansRequest(page_size=PAGE, page_token=page_token(request))
    answer = await pillars.call(asked, caller)
    depots = await pillars.call(rounds_pb2.ListDepotsRequest(page_size=200), caller)
    return render(
        request, "environment/officer_fleet.html", shown.status, private=True, here="officer", view="fleet",
        plans=[views.round_plan(one) for one in answer.plans], depots=[views.depot(one) for one in depots.depots],
        days=_days(request), next_href=next_href(PATH, answer.next_page_token), **shown.context(),
    )  # fmt: skip


@router.post("", dependencies=CHECKED)
async def plan(request: Request, caller: Staff) -> Response:
    """Asks for a plan."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    asked = rounds_pb2.PlanRoundsRequest(request_id=form["request_id"], depot=form["depot"], day=form["day"])
    answer = await attempted(request, "plan", form, pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _listed(request, caller, answer)
    return RedirectResponse(f"{PATH}/{answer.plan.id}", 303)


@router.get("/{id}")
async def shown(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002 - as the address has it
    """One plan: how far it is, its rounds as a drawing and as tables, and what it leaves out."""
    found = await _plan(request, id, caller)
    return render(
        request, "environment/officer_round_plan.html", private=True, here="officer", view="fleet", plan=found,
        sketch=drawn(found), newest=await _newest(request, found, caller),
    )  # fmt: skip


@router.get("/{id}/{truck}")
async def crew(request: Request, id: Identifier, truck: Identifier, caller: Staff, done: str = "") -> Response:  # noqa: A002
    """One truck's round for its crew: stops to be ticked off, on a phone or on paper."""
    return await _crew(request, id, truck, caller, FormState(done=done if done in DONE else ""))


async def _crew(request: Request, id_: str, truck: str, caller: Caller, shown: FormState) -> Response:
    found, who = await _plan(request, id_, caller), _who(caller)
    one = next((each for each in found.rounds or [] if each.truck == truck), None)
    if one is None:
        raise Problem(404, "ROUND_NOT_FOUND", "This plan has no round of that truck.")
    return render(
        request, "environment/officer_round.html", shown.status, private=True, here="officer", view="fleet",
        plan=found, round=one, sketch=drawn(found, truck), who=who,
        newest=await _newest(request, found, caller), ahead=found.day > _days(request)[0], **shown.context(),
    )  # fmt: skip


@router.post("/{id}/{truck}/{stop}", dependencies=CHECKED)
async def tick(
    request: Request, id: Identifier, truck: Identifier, stop: Identifier, caller: Staff  # noqa: A002
) -> Response:  # fmt: skip
    """Ticks a stop off, or takes its tick back.

    The page's script, which keeps what it could not send, is answered in JSON. What somebody ticked on a phone is never
    sent as another's who logged in there after them.
    """
    form, pillars = await forms.read(request), current_gateway(request).pillars
    if form["who"] != _who(caller):
        raise Problem(403, "TICK_OF_ANOTHER", "Somebody else ticked this stop off. Whoever did logs in and sends it.")
    answer = await attempted(request, f"tick-{stop}", form, pillars.call(_asked(stop, form), caller))
    scripted = request.headers.get("accept", "") == "application/json"
    if isinstance(answer, FormState):
        if scripted:
            return JSONResponse(await _refused(request, id, stop, caller, answer), answer.status)
        return await _crew(request, id, truck, caller, answer)
    if scripted:
        return JSONResponse(_stands(request, views.round_stop(answer.stop)))
    done = "stop_open_again" if form["state"] == "open" else "stop_ticked"
    return RedirectResponse(f"{PATH}/{id}/{truck}?done={done}#stop-{stop}", 303)


def _who(caller: Caller) -> str:
    """Whose ticks a phone keeps: tells callers apart, and says of none who it is."""
    return hashlib.sha256(f"ticks of {caller.subject}".encode()).hexdigest()[:16]


def _asked(stop: str, form: Fields) -> rounds_pb2.TickStopRequest:
    asked = rounds_pb2.TickStopRequest(request_id=form["request_id"], id=stop, etag=form["etag"], note=form["note"])
    if form["state"] in views.ROUND_STOP_STATE_NUMBERS:
        asked.state = views.ROUND_STOP_STATE_NUMBERS[form["state"]]
    at = form.number("time")
    if at is not None and 0 < at < 1e11:
        asked.time.FromSeconds(int(at))
    return asked


async def _refused(request: Request, id_: str, stop: str, caller: Caller, shown: FormState) -> dict[str, Any]:
    """Why a tick was refused, and how its stop stands now: the page's script shows that, and sends no other page's etag
    for ever.
    """
    trouble, why = shown.trouble, ""
    if shown.status == 412:
        why = texts_of(request)("fleet.overtaken")
    elif trouble:
        why = " ".join([trouble.title, trouble.message, *trouble.errors.values()])
    found = await attempted(request, "", Fields(), _plan(request, id_, caller))
    if isinstance(found, FormState):
        return {"why": why}
    now = next((each for one in found.rounds or [] for each in one.stops or [] if each.id == stop), None)
    return {"why": why, **(_stands(request, now) if now else {})}


def _stands(request: Request, one: views.RoundStop) -> dict[str, Any]:
    """A stop as it is now, for the page's script."""
    words = texts_of(request)(f"round_stop_state.{one.state}")
    return {"etag": one.etag, "state": one.state, "words": words, "note": one.note}


async def _plan(request: Request, id_: str, caller: Caller) -> views.RoundPlan:
    answer = await current_gateway(request).pillars.call(rounds_pb2.GetRoundPlanRequest(id=id_), caller)
    return views.round_plan(answer.plan)


async def _newest(request: Request, one: views.RoundPlan, caller: Caller) -> str:
    """Where the plan is that holds instead of a superseded one; empty for one that was not."""
    if one.state != "superseded":
        return ""
    asked = rounds_pb2.ListRoundPlansRequest(depot=one.depot, day=one.day, page_size=PAGE)
    answer = await current_gateway(request).pillars.call(asked, caller)
    holds = [each.id for each in answer.plans if each.state == rounds_pb2.ROUND_PLAN_STATE_PLANNED]
    return f"{PATH}/{holds[0]}" if holds else PATH


def _days(request: Request) -> list[str]:
    """The days that can be planned, as forms send them."""
    today = datetime.now(UTC).astimezone(current_gateway(request).city.timezone).date()
    return [(today + timedelta(days=number)).isoformat() for number in range(DAYS)]
