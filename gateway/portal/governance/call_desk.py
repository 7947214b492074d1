"""The desk of one call to 112: what it is, who called, calling back; paper forms; shifts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers.problems import Problem
from gateway.calls.pages import pages
from gateway.city import dispatch_board
from gateway.gateway import current_gateway
from gateway.portal.governance.dispatching import (
    BOARD,
    CALLS,
    CHECKED,
    Dispatcher,
    done,
    ended,
    guessed,
    names,
    position,
    protocol,
    taken,
)
from gateway.portal.kit import acting, carried, forms
from gateway.portal.kit.acting import FormState
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.dates import moment_of
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.kit.paging import PAGE, next_href, page_token
from services.kit.caller import Caller
from services.kit.numbers import typed
from services.kit.rpc import protos
from smartcity.governance.v1 import emergency_calls_pb2 as pb
from smartcity.governance.v1 import emergency_calls_views as views
from smartcity.governance.v1 import incidents_pb2, incidents_views

PAPER, SHIFTS = f"{BOARD}/kertas", f"{BOARD}/giliran"
router = APIRouter(prefix=BOARD, route_class=PageRoute, include_in_schema=False)
_NO_CLOSING = pb.EMERGENCY_CALL_CLOSING_UNSPECIFIED
_CLOSINGS = [name for name in views.EMERGENCY_CALL_CLOSING_NUMBERS if name]
_PAPER = {"cadangkan": "paper_reserved", "batal": "paper_voided"}
_PAGES, _NUMBERS = 3, 200
"""Pages of numbers of paper forms, more than ever wait, and numbers on each."""
_WAITING = frozenset({"open", "tutup", "gabung"})
"""What is done to a call that waits, and to no other."""
_HERE = {"telepon": "call_back_noted", "lepas": "call_unlinked", "buka-lagi": "call_reopened"}
_FILED = "call_filed"
_TAKEN = ("call_taken", "call_unclear", "paper_unclear")
DONE = frozenset({*_TAKEN, _FILED, *_HERE.values(), "shift_given", "shift_taken", *_PAPER.values()})
"""What these pages say after what was done."""


def _request(act: str, form: Fields, id_: str) -> Message:
    """What a form of a call's page asks for. Raises NOT_FOUND for a form that is none of it."""
    common: dict[str, Any] = {"request_id": form["request_id"], "id": id_}
    made: dict[str, Any] = {
        "tutup": lambda: pb.CloseEmergencyCallRequest(
            **common, etag=form["etag"], closing=views.EMERGENCY_CALL_CLOSING_NUMBERS.get(form["closing"], _NO_CLOSING),
            complaint=form["complaint"],
            place=form["place"],
        ),
        "gabung": lambda: pb.LinkEmergencyCallRequest(**common, etag=form["etag"], incident=form["incident"]),
        "buka-lagi": lambda: pb.ReopenEmergencyCallRequest(**common, etag=form["etag"]),
        "lepas": lambda: pb.UnlinkEmergencyCallRequest(**common, etag=form["etag"]),
        "telepon": lambda: pb.NoteCallBackRequest(**common, reached=form["reached"] == "yes"),
    }  # fmt: skip
    if act not in made:
        raise Problem(404, "PAGE_NOT_FOUND", "There is no such page.")
    asked: Message = made[act]()
    return asked


@router.get("/panggilan")
async def listed(request: Request, caller: Dispatcher) -> Response:
    """All calls, the newest first."""
    asked = pb.ListEmergencyCallsRequest(page_size=PAGE, page_token=page_token(request))
    answer = await current_gateway(request).pillars.call(asked, caller)
    return render(
        request, "governance/emergency_calls.html", private=True, here="officer", view="dispatch",
        calls=[views.emergency_call(each) for each in answer.calls],
        next_href=next_href(CALLS, answer.next_page_token),
    )  # fmt: skip


@router.get("/panggilan/{id_}")
async def call(request: Request, id_: Identifier, caller: Dispatcher, done: str = "") -> Response:
    """One call."""
    return await show_call(request, id_, caller, _told(done))


@router.post("/panggilan/{id_}/penelepon", dependencies=CHECKED)
async def who(request: Request, id_: Identifier, caller: Dispatcher) -> Response:
    """Who called, for once; it is written down who reads it and why."""
    form = await forms.read(request)
    asked = pb.GetEmergencyCallerRequest(id=id_, purpose=form["purpose"])
    answer = await done(request, "penelepon", form, asked, caller)
    if isinstance(answer, FormState):
        return await show_call(request, id_, caller, answer)
    shown = FormState(form=carried.only(form))
    return await show_call(request, id_, caller, shown, views.emergency_caller(answer.caller))


@router.post("/panggilan/{id_}/{act}", dependencies=CHECKED)
async def change(request: Request, id_: Identifier, act: Identifier, caller: Dispatcher) -> Response:
    """Does what one of its forms asks."""
    form = await forms.read(request)
    answer = await done(request, act, form, _request(act, form, id_), caller)
    if isinstance(answer, FormState):
        return await show_call(request, id_, caller, answer)
    if act == "telepon" and (written := carried.only(form)):
        return await show_call(request, id_, caller, FormState(done=_HERE[act], form=written))
    if (
        act == "tutup" and answer.call.closing == pb.EMERGENCY_CALL_CLOSING_COMPLAINT
    ):  # the caller may be on the line still, and learns its code here alone
        return RedirectResponse(f"{CALLS}/{id_}?done={_FILED}", 303)
    after = {"tutup": f"{BOARD}?done=call_closed", "gabung": f"{BOARD}?done=call_linked"}
    return RedirectResponse(after.get(act, f"{CALLS}/{id_}?done={_HERE.get(act)}"), 303)


@router.get("/kertas")
async def paper(request: Request, caller: Dispatcher, done: str = "") -> Response:
    """Numbers of paper forms, and the form to enter the next one."""
    return await _paper(request, caller, _told(done))


@router.post("/kertas/{act}", dependencies=CHECKED)
async def on_paper(request: Request, act: Identifier, caller: Dispatcher) -> Response:
    """Reserves numbers, enters the next form, or gives its number up."""
    form = await forms.read(request)
    key, number = form["request_id"], form["number"]
    paper = typed(number, 9)
    if act == "cadangkan":
        asked: Message = pb.ReservePaperNumbersRequest(request_id=key, count=typed(form["count"], 3) or 0)
    elif act == "batal":
        asked = pb.VoidPaperNumberRequest(request_id=key, number=number, reason=form["reason"])
    elif act == "masukkan":
        asked = pb.CreateEmergencyCallRequest(
            request_id=key, words=form["words"], name=form["name"], phone=form["phone"], place=form["place"],
            area_code=form["area"], location=position(form), paper_number=-1 if paper is None else paper,
            receive_time=_moment(request, form["receive_time"]),
        )  # fmt: skip
    else:
        raise Problem(404, "PAGE_NOT_FOUND", "There is no such page.")
    answer = await done(request, act, form, asked, caller)
    if isinstance(answer, FormState):
        return await _paper(request, caller, answer)
    if act == "masukkan":
        return await after_taken(request, caller, form, answer)
    return RedirectResponse(f"{PAPER}?done={_PAPER[act]}", 303)


@router.get("/giliran")
async def shifts(request: Request, caller: Dispatcher, done: str = "") -> Response:
    """Shifts that were handed over."""
    return await _shifts(request, caller, _told(done))


@router.post("/giliran", dependencies=CHECKED)
async def hand_over(request: Request, caller: Dispatcher) -> Response:
    """Hands the shift over."""
    form = await forms.read(request)
    asked = incidents_pb2.HandOverShiftRequest(request_id=form["request_id"], note=form["note"])
    return await _handed(request, caller, await done(request, "hand_over", form, asked, caller), "shift_given")


@router.post("/giliran/{id_}", dependencies=CHECKED)
async def take_over(request: Request, id_: Identifier, caller: Dispatcher) -> Response:
    """Takes a shift over."""
    form = await forms.read(request)
    asked = incidents_pb2.TakeOverShiftRequest(request_id=form["request_id"], id=id_, etag=form["etag"])
    return await _handed(request, caller, await done(request, "take_over", form, asked, caller), "shift_taken")


async def after_taken(request: Request, caller: Caller, form: Fields, answer: Any) -> Response:
    """The page of a call that was just taken. Who called is shown there once more where they could not be kept, so that
    the dispatcher writes them down.
    """
    if not answer.caller_not_kept:
        return RedirectResponse(taken(answer), 303)
    who = views.EmergencyCaller(name=form["name"], phone=form["phone"], phone_unclear=answer.phone_unclear)
    return await show_call(request, answer.call.id, caller, FormState(done="caller_refused"), who)


async def _handed(request: Request, caller: Caller, answer: Any, done: str) -> Response:
    """The page of shifts, after what was done or with why it was refused."""
    if isinstance(answer, FormState):
        return await _shifts(request, caller, answer)
    return RedirectResponse(f"{SHIFTS}?done={done}", 303)


def _told(done: str) -> FormState:
    """What a page says was done; nothing for what it does not know."""
    return FormState(done=done if done in DONE else "")


async def show_call(
    request: Request, id_: str, caller: Caller, shown: FormState, who_called: views.EmergencyCaller | None = None
) -> Response:
    """The page of a call, also where opening an incident of it was refused."""
    pillars, known = current_gateway(request).pillars, await protocol(request)
    one = views.emergency_call((await pillars.call(pb.GetEmergencyCallRequest(id=id_), caller)).call)
    reads = (await pillars.call(pb.ListEmergencyCallerReadsRequest(id=id_), caller)).reads
    if one.state != "waiting":
        shown = ended(request, shown, _WAITING, "dispatch.call_over")
    board = await dispatch_board.read(pillars, caller)
    alike = [each for each in board.incidents if each.exercise == one.exercise]
    return render(
        request, "governance/emergency_call.html", shown.status, private=True, here="officer", view="dispatch",
        one=one, who_called=who_called, reads=[views.emergency_caller_read(each) for each in reads],
        incidents=alike, closings=_CLOSINGS, protocol=known, names=names(request, known),
        base=f"{CALLS}/{id_}", guessed=guessed(request, one), **shown.context(),
    )  # fmt: skip


async def _paper(request: Request, caller: Caller, shown: FormState) -> Response:
    numbers = await _waiting(request, caller)
    number = typed(shown.form["number"], 9) if shown.form is not None else None
    if shown.trouble is not None and shown.trouble.reason == "PAPER_NUMBER_UNKNOWN":
        shown = acting.overtaken(request, replace(shown, status=409), "dispatch.paper_over", n=number)
    # What was written of one form stands under the number of no other.
    return render(
        request, "governance/paper_forms.html", shown.status, private=True, here="officer", view="dispatch",
        numbers=numbers, same=number == next((each.number for each in numbers), None), path=PAPER, **shown.context(),
    )  # fmt: skip


async def _waiting(request: Request, caller: Caller) -> list[views.PaperNumber]:
    """All numbers that wait, on one page: it is printed for when no other can be opened."""
    pillars, asked = current_gateway(request).pillars, pb.ListPaperNumbersRequest(page_size=_NUMBERS)
    found = pages(lambda more: pillars.call(more, caller), asked, _PAGES)
    return [views.paper_number(each) async for page in found for each in page.numbers]


async def _shifts(request: Request, caller: Caller, shown: FormState) -> Response:
    asked = incidents_pb2.ListShiftHandoversRequest(page_size=PAGE, page_token=page_token(request))
    answer = await current_gateway(request).pillars.call(asked, caller)
    return render(
        request, "governance/shifts.html", shown.status, private=True, here="officer", view="shifts",
        shifts=[incidents_views.shift_handover(each) for each in answer.handovers], path=SHIFTS,
        next_href=next_href(SHIFTS, answer.next_page_token), **shown.context(),
    )  # fmt: skip


def _moment(request: Request, text: str) -> Timestamp | None:
    """A day and time as browsers send them, in the city's time; None for what is none, which the pillar refuses."""
    at = moment_of(text, current_gateway(request).city.timezone)
    return protos.timestamp(at)
