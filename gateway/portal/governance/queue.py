"""The officers' lists: the queue by due date, and the routing simulation."""

from __future__ import annotations

from typing import Annotated

import grpc.aio
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers.problems import Problem, from_grpc
from gateway.callers.session import csrf_checked
from gateway.gateway import current_gateway
from gateway.portal.governance.work_page import next_due
from gateway.portal.kit import forms
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute, render, texts_of
from gateway.portal.kit.paging import PAGE, next_href, page_token, strange
from gateway.portal.kit.staff import staff
from gateway.portal.kit.trouble import Trouble, field_trouble
from gateway.portal.kit.way_back import trail
from services.kit.caller import Caller
from services.kit.numbers import grouped
from services.kit.rpc.text import clean
from smartcity.governance.v1 import complaints_pb2 as pb
from smartcity.governance.v1 import complaints_views as views
from smartcity.governance.v1 import routing_pb2, routing_views

router = APIRouter(prefix="/petugas", route_class=PageRoute, include_in_schema=False)
Staff = Annotated[Caller, Depends(staff)]
FILTERS = ("state", "category", "agency", "district", "code", "overdue", "warning")


@router.get("")
async def queue(request: Request, caller: Staff) -> Response:
    """The caller's cases, the most urgent first."""
    if not caller.roles & {"officer", "verifier", "admin"}:  # whose desk is another one
        return RedirectResponse("/petugas/112" if caller.has("dispatcher") else "/petugas/unit", 303)
    if away := strange(request, state=views.COMPLAINT_STATE_NUMBERS):
        return away
    pillars = current_gateway(request).pillars
    form = Fields({name: clean(request.query_params.get(name, ""))[:80] for name in FILTERS})
    begun = request.query_params.keys() & {*FILTERS, "page"}
    if not begun and caller.has("verifier") and not caller.roles & {"officer", "admin"}:
        form["state"] = "filed"  # what waits for nobody else; they may choose all
    if form["code"]:
        form["state"] = ""  # a code is of one report, wherever that stands
    asked = pb.ListComplaintsRequest(
        page_size=PAGE,
        page_token=page_token(request),
        agency=form["agency"],
        category=form["category"],
        area_code=form["district"],
        overdue=form.flag("overdue"),
        code=form["code"].upper(),
        warning=form["warning"],
    )
    if form["state"]:
        asked.states.append(views.COMPLAINT_STATE_NUMBERS[form["state"]])
    answer = await pillars.call(asked, caller)
    chosen = {name: value for name, value in form.items() if value}
    cleared = {"state": ""} if begun and not chosen else {}  # without, the queue would begin with what waits
    return render(
        request, "governance/officer_queue.html", private=True, here="officer", view="queue", form=form,
        filtered=bool(chosen), complaints=[views.complaint(each) for each in answer.complaints], next_due=next_due,
        states=list(views.COMPLAINT_STATE_NUMBERS),
        trail=trail("/petugas", **chosen, **cleared, page=page_token(request) or None),
        next_href=next_href("/petugas", answer.next_page_token, **chosen),
    )  # fmt: skip


@router.get("/bukti")
async def evidence(request: Request, caller: Staff) -> Response:
    """Cases with evidence that waits for a verifier, what was promised soonest first."""
    pillars = current_gateway(request).pillars
    asked = pb.ListComplaintsRequest(page_size=PAGE, page_token=page_token(request), evidence=True)
    answer = await pillars.call(asked, caller)
    return render(
        request, "governance/officer_evidence.html", private=True, here="officer", view="evidence",
        complaints=[views.complaint(each) for each in answer.complaints],
        trail=trail("/petugas/bukti", page=page_token(request) or None),
        next_href=next_href("/petugas/bukti", answer.next_page_token),
    )  # fmt: skip


@router.get("/simulasi")
async def draft(request: Request, caller: Staff) -> Response:
    """The rules in force, ready to be changed on trial."""
    _require_simulator(caller)
    rules = (current_gateway(request).city.folder / "routing.csv").read_text(encoding="utf-8")
    return _simulation(request, Fields(rules_csv=rules, last="1000"))


@router.post("/simulasi", dependencies=[Depends(csrf_checked)])
async def simulate(request: Request, caller: Staff) -> Response:
    """What the draft would change."""
    _require_simulator(caller)
    pillars, form, texts = current_gateway(request).pillars, await forms.read(request), texts_of(request)
    last = grouped(form["last"], 5)
    if last is None or not 1 <= last <= 10_000:
        return _simulation(request, form, field_trouble(texts, last=texts("problem.last")), 422)
    asked = routing_pb2.SimulateRoutingRequest(rules_csv=form["rules_csv"], last=last)
    try:
        answer = await pillars.call(asked, caller)
    except grpc.aio.AioRpcError as error:
        problem = from_grpc(error)
        return _simulation(request, form, Trouble.of(problem, texts), problem.status)
    return _simulation(request, form, result=routing_views.simulate_routing_response(answer))


def _require_simulator(caller: Caller) -> None:
    if not caller.roles & {"verifier", "admin"}:
        raise Problem(403, "ROLE_NOT_ALLOWED", "Only verifiers and administrators simulate routing.")


def _simulation(
    request: Request, form: Fields, trouble: Trouble | None = None, status: int = 200,
    result: routing_views.SimulateRoutingResponse | None = None,
) -> Response:  # fmt: skip
    return render(
        request, "governance/officer_simulation.html", status, private=True, here="officer", view="simulation",
        form=form, result=result, **(trouble.context() if trouble else {}),
    )  # fmt: skip
