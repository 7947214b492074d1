"""The desk of processes: drafts of the agency, what goes on, and moving it on."""

from __future__ import annotations

import asyncio
import re
from datetime import tzinfo
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from google.protobuf.timestamp_pb2 import Timestamp
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.session import csrf_checked
from gateway.gateway import current_gateway
from gateway.portal.kit import forms, money
from gateway.portal.kit.acting import FormState, attempted, incomplete
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.dates import moment_of
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute, city_words, render
from gateway.portal.kit.paging import PAGE, next_href, page_token
from gateway.portal.kit.rewriting import shown_again
from gateway.portal.kit.staff import staff
from gateway.portal.society.processes import GOING_ON, areas_of, ballot_of, phases_of
from services.kit.caller import Caller
from smartcity.society.v1 import processes_pb2 as pb
from smartcity.society.v1 import processes_views as views

PATH = "/petugas/partisipasi"
CHECKED = [Depends(csrf_checked)]
DRAFTS = "draf"
"""The page of drafts in an address, where ``page`` is that of what goes on."""
DONE = frozenset({"process_drafted", "process_changed", "process_moved", "draft_discarded"})
DATES = ("collect", "review", "vote", "carry_out", "done")
_WORDS = ("title", "title_en", "summary", "summary_en", "rt", "regulation")
_BETWEEN = re.compile(r"[,;\s]+")
_TIME = "%Y-%m-%dT%H:%M"
Asked = pb.CreateProcessRequest | pb.UpdateProcessRequest

router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)
Staff = Annotated[Caller, Depends(staff)]


@router.get("")
async def desk(request: Request, caller: Staff, done: str = "") -> Response:
    """The agency's drafts, and what goes on."""
    pillars = current_gateway(request).pillars
    going_on = pb.ListProcessesRequest(
        page_size=PAGE, page_token=page_token(request), phases=[views.PROCESS_PHASE_NUMBERS[one] for one in GOING_ON]
    )
    drafts = pb.ListProcessesRequest(
        page_size=PAGE, page_token=page_token(request, DRAFTS), phases=[pb.PROCESS_PHASE_DRAFT]
    )
    found, kept = await asyncio.gather(pillars.call(going_on, caller), pillars.call(drafts, caller))
    return render(
        request, "society/officer_processes.html", private=True, here="officer", view="participation",
        found=[views.process(one) for one in found.processes], drafts=[views.process(one) for one in kept.processes],
        next_href=next_href(PATH, found.next_page_token),
        more_href=next_href(PATH, kept.next_page_token, name=DRAFTS), done=done if done in DONE else "",
    )  # fmt: skip


@router.get("/baru")
async def blank(request: Request, caller: Staff) -> Response:
    """The form for another."""
    return await _new(request, caller, FormState())


@router.post("/baru", dependencies=CHECKED)
async def create(request: Request, caller: Staff) -> Response:
    """Saves a draft."""
    form = await forms.read(request)
    asked = pb.CreateProcessRequest(request_id=form["request_id"], kind=form["kind"][:64], area=form["area"][:13])
    wrong = _fill(request, form, asked)
    answer: Any = incomplete(request, "create", form, **wrong) if wrong else None
    if answer is None:
        answer = await attempted(request, "create", form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _new(request, caller, answer)
    return RedirectResponse(f"{PATH}/{answer.process.id}?done=process_drafted", 303)


@router.get("/{id}")
async def one(request: Request, id: Identifier, caller: Staff, done: str = "") -> Response:  # noqa: A002
    """One process: what it says, what happened, and what can be done with it."""
    return await _one(request, id, caller, FormState(done=done if done in DONE else ""))


@router.post("/{id}/tulis", dependencies=CHECKED)
async def rewrite(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Writes it anew."""
    form = await forms.read(request)
    asked = pb.UpdateProcessRequest(request_id=form["request_id"], id=id, etag=form["etag"], reason=form["reason"])
    wrong = _fill(request, form, asked)
    if wrong:
        return await _one(request, id, caller, incomplete(request, "rewrite", form, **wrong))
    return await _act(request, id, caller, "rewrite", form, asked, "process_changed")


@router.post("/{id}/buang", dependencies=CHECKED)
async def discard(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Throws a draft away."""
    form = await forms.read(request)
    asked = pb.DeleteProcessRequest(request_id=form["request_id"], id=id, etag=form["etag"])
    answer = await attempted(request, "discard", form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _one(request, id, caller, answer)
    return RedirectResponse(f"{PATH}?done=draft_discarded", 303)


@router.post("/{id}/tahap", dependencies=CHECKED)
async def move(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Moves it to another phase."""
    form = await forms.read(request)
    phase = views.PROCESS_PHASE_NUMBERS.get(form["phase"], pb.PROCESS_PHASE_UNSPECIFIED)
    asked = pb.MoveProcessRequest(
        request_id=form["request_id"], id=id, etag=form["etag"], phase=phase, reason=form["reason"]
    )
    return await _act(request, id, caller, "move", form, asked, "process_moved")


async def _act(
    request: Request, id_: str, caller: Caller, doing: str, form: Fields, asked: Any, done: str
) -> Response:  # fmt: skip
    answer = await attempted(request, doing, form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _one(request, id_, caller, answer)
    return RedirectResponse(f"{PATH}/{id_}?done={done}", 303)


async def _new(request: Request, caller: Caller, shown: FormState) -> Response:
    known = await current_gateway(request).pillars.call(pb.ListProcessKindsRequest(), caller)
    return render(
        request, "society/officer_process_new.html", shown.status, private=True, here="officer", view="participation",
        kinds=[views.process_kind(each) for each in known.kinds], **shown.context(),
    )  # fmt: skip


async def _one(request: Request, id_: str, caller: Caller, shown: FormState) -> Response:
    answer = await current_gateway(request).pillars.call(pb.GetProcessRequest(id=id_), caller)
    found = views.process(answer.process)
    present = _entered(found, city_words(request).city.timezone)
    office = caller.has("admin") or (found.agency is not None and caller.agency == found.agency.id)
    return render(
        request, "society/officer_process.html", shown.status, private=True, here="officer", view="participation",
        it=found, office=office, ways=_ways(found), **phases_of(found),
        ballot=await ballot_of(request, found, caller),
        voters=areas_of(request, found), **shown_again(shown, "rewrite", present),
    )  # fmt: skip


def _ways(found: views.Process) -> list[str]:
    """Where an officer may move it: on, or back from the review to collecting; nowhere before its ballot is counted."""
    if found.ballot and not found.ballot_counted:
        return []
    phases = ["draft", *phases_of(found)["phases"]]
    ahead = phases[phases.index(found.phase) + 1 :]
    return [*ahead, "collect"] if found.phase == "review" else ahead


def _fill(request: Request, form: Fields, asked: Asked) -> dict[str, str]:
    """Puts what was entered into a request; answers with what is wrong by entry, as keys of texts."""
    wrong: dict[str, str] = {}
    for name in _WORDS:
        setattr(asked, name, form[name])
    zone, currency = city_words(request).city.timezone, city_words(request).city.currency
    for name in DATES:
        at = moment_of(form[name], zone)
        if form[name] and at is None:
            wrong[name] = "process_desk.time_wrong"
        elif at is not None:
            stamp = Timestamp()
            stamp.FromDatetime(at)
            getattr(asked.dates, name).CopyFrom(stamp)
    if form["budget"]:
        units = money.typed(form["budget"])
        if units is None:
            wrong["budget"] = "process_desk.budget_wrong"
        else:
            asked.budget.CopyFrom(money.message(units, currency))
    return wrong | _voters(form, asked)


def _voters(form: Fields, asked: Asked) -> dict[str, str]:
    """Who votes, where any of it was entered."""
    if not (form["min_age"] or form["voter_areas"] or form["cut_off"]):
        return {}
    if form["min_age"] and not re.fullmatch(r"[0-9]{1,3}", form["min_age"], re.ASCII):
        return {"min_age": "process_desk.age_wrong"}
    asked.voters.min_age = int(form["min_age"] or 0)
    asked.voters.areas.extend(filter(None, _BETWEEN.split(form["voter_areas"])))
    asked.voters.cut_off = form["cut_off"]
    return {}


def _entered(found: views.Process, zone: tzinfo) -> Fields:
    """A process as its form has it."""
    entered = Fields({name: getattr(found, name) or "" for name in _WORDS})
    entered["budget"] = str(found.budget.units) if found.budget else ""
    if found.voters:
        entered["min_age"] = str(found.voters.min_age or "")
        entered["voter_areas"] = ", ".join(found.voters.areas)
        entered["cut_off"] = found.voters.cut_off
    for name in DATES:
        at = getattr(found.dates, name) if found.dates else None
        entered[name] = at.astimezone(zone).strftime(_TIME) if at else ""
    return entered
