"""The desk of one incident of 112: advice, units, clocks, hand-offs, merging, timeline and report."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from google.protobuf.message import Message
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers.problems import Problem
from gateway.city import dispatch_board
from gateway.gateway import current_gateway
from gateway.portal.governance.call_desk import show_call
from gateway.portal.governance.dispatch_board import detail
from gateway.portal.governance.dispatching import (
    BOARD,
    CHECKED,
    Dispatcher,
    done,
    ended,
    guessed,
    names,
    position,
    protocol,
)
from gateway.portal.kit import carried, forms
from gateway.portal.kit.acting import FormState
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute, render, texts_of
from gateway.portal.kit.paging import PAGE, next_href, page_token
from services.kit.caller import Caller
from services.kit.numbers import grouped
from smartcity.governance.v1 import incidents_pb2 as pb
from smartcity.governance.v1 import incidents_views as views
from smartcity.governance.v1 import units_pb2 as units
from smartcity.governance.v1 import units_views

PATH = f"{BOARD}/insiden"
ALL = f"{PATH}/semua"
router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)
_NO_STATE, _NO_OUTCOME = units.UNIT_STATE_UNSPECIFIED, pb.INCIDENT_OUTCOME_UNSPECIFIED
_OUTCOMES = [name for name in views.INCIDENT_OUTCOME_NUMBERS if name]
_OPENED = "incident_opened"
_DONE = {
    "kirim": "unit_sent", "gerak": "unit_moved", "kabar": "unit_heard", "lepas": "unit_left",
    "catat": "incident_noted", "nilai": "incident_graded", "pindah": "incident_relocated",
    "gabung": "incident_merged", "pisah": "incident_unmerged", "serah": "incident_handed_off",
    "terima": "hand_off_noted", "tarik": "hand_off_withdrawn", "tutup": "incident_closed",
}  # fmt: skip
"""What the page says after each of its forms."""
DONE = frozenset({_OPENED, *_DONE.values()})
_OVER = ("closed", "merged")
_FREE = ("available", "returning")
"""States of units that can be sent."""
_OPEN = frozenset({"kirim", "nilai", "pindah", "gabung", "serah", "tutup"})
"""What is done to an incident that is open, and to no other."""
_ENDS = frozenset({"gabung", "tutup"})
"""After these the page has no form to close it with."""
_MOVES = {"terima": "acknowledge", "tarik": "withdraw"}
"""What is done to a hand-off, which says itself what can be."""


def _request(act: str, form: Fields, id_: str) -> Message:
    """What a form of the page asks for. Raises NOT_FOUND for a form that is none of it."""
    common: dict[str, Any] = {"request_id": form["request_id"]}
    mine = {**common, "id": id_, "etag": form["etag"]}
    unit = {**common, "code": form["unit"]}
    made: dict[str, Any] = {
        "kirim": lambda: units.AssignUnitRequest(**unit, etag=form["etag"], incident=id_),
        "gerak": lambda: units.MoveUnitRequest(
            **unit, etag=form["etag"], state=units_views.UNIT_STATE_NUMBERS.get(form["state"], _NO_STATE)
        ),
        "kabar": lambda: units.ConfirmUnitRequest(**unit),
        "lepas": lambda: units.SignOffUnitRequest(**unit, crew_mark=form["crew"]),
        "catat": lambda: pb.AddIncidentNoteRequest(**common, id=id_, note=form["note"]),
        "nilai": lambda: pb.GradeIncidentRequest(
            **mine, kind=form["kind"], priority=_whole(form["priority"]), service=form["service"],
            reason=form["reason"], unneeded_services=form.all("unneeded_services"),
        ),
        "pindah": lambda: pb.RelocateIncidentRequest(
            **mine, place=form["place"], area_code=form["area"], location=position(form), reason=form["reason"]
        ),
        "gabung": lambda: pb.MergeIncidentRequest(**mine, into=form["into"]),
        "pisah": lambda: pb.UnmergeIncidentRequest(**mine),
        "serah": lambda: pb.HandOffIncidentRequest(**common, id=id_, party=form["party"], note=form["note"]),
        "terima": lambda: pb.AcknowledgeHandOffRequest(
            **common, id=form["hand_off"], etag=form["etag"], reference=form["reference"]
        ),
        "tarik": lambda: pb.WithdrawHandOffRequest(
            **common, id=form["hand_off"], etag=form["etag"], reason=form["reason"], party_told=form.flag("party_told")
        ),
        "tutup": lambda: pb.CloseIncidentRequest(
            **mine, outcome=views.INCIDENT_OUTCOME_NUMBERS.get(form["outcome"], _NO_OUTCOME), report=form["report"],
            hurt=_whole(form["hurt"]), dead=_whole(form["dead"]),
        ),
    }  # fmt: skip
    if act not in made:
        raise Problem(404, "PAGE_NOT_FOUND", "There is no such page.")
    asked: Message = made[act]()
    return asked


@router.post("", dependencies=CHECKED)
async def open_one(request: Request, caller: Dispatcher) -> Response:
    """Opens an incident of a call, or by hand."""
    form = await forms.read(request)
    asked = pb.OpenIncidentRequest(
        request_id=form["request_id"], call=form["call"], kind=form["kind"], priority=_whole(form["priority"]),
        place=form["place"], area_code=form["area"], location=position(form), note=form["note"],
        exercise=form.flag("exercise"),
    )  # fmt: skip
    answer = await done(request, "open", form, asked, caller)
    if isinstance(answer, FormState):
        of_call = show_call(request, form["call"], caller, answer) if form["call"] else None
        return await (of_call or opening(request, caller, answer))
    return RedirectResponse(f"{PATH}/{answer.incident.id}?done={_OPENED}", 303)


@router.get("")
async def opening(request: Request, caller: Dispatcher, shown: Any = None) -> Response:
    """The form of an incident that nobody called about."""
    state = shown if isinstance(shown, FormState) else FormState()
    known = await protocol(request)
    return render(
        request, "governance/incident_new.html", state.status, private=True, here="officer", view="dispatch",
        protocol=known, names=names(request, known), **state.context(),
    )  # fmt: skip


@router.get("/semua")
async def listed(request: Request, caller: Dispatcher) -> Response:
    """All incidents with those that have ended, the newest first."""
    asked = pb.ListIncidentsRequest(page_size=PAGE, page_token=page_token(request))
    answer = await current_gateway(request).pillars.call(asked, caller)
    return render(
        request, "governance/incidents.html", private=True, here="officer", view="dispatch",
        incidents=[views.incident(each) for each in answer.incidents],
        names=names(request, await protocol(request)), next_href=next_href(ALL, answer.next_page_token),
    )  # fmt: skip


@router.get("/{id_}")
async def incident(request: Request, id_: Identifier, caller: Dispatcher, done: str = "") -> Response:
    """One incident."""
    return await _incident(request, id_, caller, FormState(done=done if done in DONE else ""))


@router.post("/{id_}/{act}", dependencies=CHECKED)
async def change(request: Request, id_: Identifier, act: Identifier, caller: Dispatcher) -> Response:
    """Does what one of its forms asks."""
    form = await forms.read(request)
    answer = await done(request, act, form, _request(act, form, id_), caller)
    if isinstance(answer, FormState):
        return await _incident(request, id_, caller, answer)
    if act not in _ENDS and (written := carried.only(form)):
        return await _incident(request, id_, caller, FormState(done=_DONE[act], form=written))
    after = answer.incident.id if act == "gabung" else id_
    return RedirectResponse(f"{PATH}/{after}?done={_DONE[act]}", 303)


async def _incident(request: Request, id_: str, caller: Caller, shown: FormState) -> Response:
    pillars, known = current_gateway(request).pillars, await protocol(request)
    one = views.incident((await pillars.call(pb.GetIncidentRequest(id=id_), caller)).incident)
    advice: Any = None
    if one.state in _OVER:
        shown = ended(request, shown, _OPEN, "reason.INCIDENT_OVER")
    else:
        answer = await pillars.call(pb.SuggestForIncidentRequest(id=id_), caller)
        advice = {
            "units": [views.suggested_unit(each) for each in answer.units],
            "similar": [views.similar_incident(each) for each in answer.similar],
        }
    if passed := _passed(shown, one):
        shown = ended(request, shown, _MOVES, passed)
    board = await dispatch_board.read(pillars, caller)
    words = names(request, known)
    advised = {each.unit for each in advice["units"]} if advice else ()
    can_go = [each for each in board.units if each.state in _FREE or (each.exercise and not one.exercise)]
    spare = [each for each in can_go if each.code not in advised]
    others = [each for each in board.incidents if each.id != one.id and each.exercise == one.exercise]
    kind = next((each for each in known.kinds or () if each.id == one.kind), None)
    outcomes = [(each, texts_of(request)(f"incident_outcome.{each}")) for each in _OUTCOMES]
    return render(
        request, "governance/incident.html", shown.status, private=True, here="officer", view="dispatch", one=one,
        advice=advice, fleet={each.code: each for each in board.units}, others=others, spare=spare, kind=kind,
        protocol=known, names=words, outcomes=outcomes, detail=lambda entry: detail(request, entry, words),
        merged={each.id: each.number for each in one.merged or ()}, base=f"{PATH}/{id_}",
        guessed=guessed(request, one), **shown.context(),
    )  # fmt: skip


def _passed(shown: FormState, one: views.Incident) -> str:
    """Key of how things are with the hand-off of a form that is offered no more; empty where it is."""
    named = shown.form["hand_off"] if shown.form is not None else ""
    off = next((each for each in one.hand_offs or () if each.id == named), None)
    if off is None or _MOVES.get(shown.doing) in off.moves:
        return ""
    kept = shown.doing == "tarik" and off.state == "acknowledged"
    return "reason.INCIDENT_OVER" if kept else "dispatch.hand_off_over"


def _whole(text: str) -> int:
    """A whole number of a form; none is 0, and what is none is refused by the rules."""
    if not text:
        return 0
    number = grouped(text, 8)
    return -1 if number is None else number
