"""The officers' desk of permits: what the kecamatan checks, and what it or an agency decides."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers.problems import Problem
from gateway.callers.session import csrf_checked
from gateway.city.permitting import permitting_of
from gateway.gateway import current_gateway
from gateway.portal.economy.permit_words import named
from gateway.portal.economy.permits import begins_undecided, nib_typed
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted
from gateway.portal.kit.addresses import Code
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.kit.paging import PAGE, next_href, page_token, strange
from gateway.portal.kit.sought import code_sought
from gateway.portal.kit.staff import staff
from gateway.portal.kit.way_back import kept, onward, trail, way_back
from services.kit.caller import Caller
from smartcity.economy.v1 import permits_pb2 as pb
from smartcity.economy.v1 import permits_views as views

PATH = "/petugas/izin"
CHECKED = [Depends(csrf_checked)]
PARTS = {
    "check": (True, ("checking",)),
    "decide": (False, ("deciding",)),
    "objections": (False, ("objected",)),
    "holding": (False, ("granted", "deemed_granted", "suspended", "payable")),
    "asked": (True, ("asked",)),
    "asked_deciding": (False, ("asked",)),
    "over": (False, ("refused", "revoked", "ended", "withdrawn", "lapsed")),
}
"""Lists of the desk: whether they are of who checks, and their states."""
CHECKING = frozenset(part for part, (checking, _) in PARTS.items() if checking)
MOVES = frozenset({"ask", "check", "grant", "refuse", "suspend", "resume", "revoke", "uphold", "dismiss"})
DONE = frozenset(f"permit_{move}" for move in MOVES)

router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)


def permit_officer(request: Request) -> Caller:
    """Dependency: an officer of an agency that checks or decides on permits, or an administrator."""
    caller, known = staff(request), permitting_of(current_gateway(request).city)
    if not (caller.has("admin") or (caller.has("officer") and caller.agency in known.agencies)):
        raise Problem(403, "ROLE_NOT_ALLOWED", "This desk is for agencies that check or decide on permits.")
    return caller


Officer = Annotated[Caller, Depends(permit_officer)]


@router.get("")
async def listed(request: Request, caller: Officer, bagian: str = "", done: str = "") -> Response:
    """One of the desk's lists, what is needed first on top. A number leads to its permit."""
    if isinstance(sought := await code_sought(request, "Z", partial(_of, request, caller)), str):
        return RedirectResponse(f"{PATH}/{sought}", 303)
    if away := strange(request, bagian=PARTS):
        return away
    parts = _parts(request, caller)
    part = bagian or parts[0]
    checking, states = PARTS[part]
    asked = pb.ListPermitsRequest(
        checking=checking, states=[views.PERMIT_STATE_NUMBERS[each] for each in states], page_size=PAGE,
        page_token=page_token(request),
    )  # fmt: skip
    answer = await current_gateway(request).pillars.call(asked, caller)
    shown = sought or FormState(done=done if done in DONE else "")
    return render(
        request, "economy/officer_permits.html", shown.status, private=True, here="officer", view="permits", part=part,
        parts=parts, found=[views.permit(one) for one in answer.permits],
        next_href=next_href(PATH, answer.next_page_token, bagian=part), begins_undecided=begins_undecided(request),
        trail=trail(PATH, bagian=part, page=page_token(request) or None), **named(request), **shown.context(),
    )  # fmt: skip


@router.get("/{code}")
async def one(request: Request, code: Code, caller: Officer, done: str = "") -> Response:
    """One of them, and what can be done."""
    return await _show(request, code, caller, FormState(done=done if done in DONE else ""))


@router.post("/{code}/langkah", dependencies=CHECKED)
async def act(request: Request, code: Code, caller: Officer) -> Response:
    """Checks, asks or decides."""
    given = await forms.read(request)
    move = given["move"] if given["move"] in MOVES else "check"
    asked = pb.TransitionPermitRequest(
        request_id=given["request_id"], code=code, etag=given["etag"], move=views.PERMIT_MOVE_NUMBERS[move],
        note=given["note"], nib=nib_typed(given["nib"]),
    )  # fmt: skip
    answer = await attempted(request, move, given, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _show(request, code, caller, answer)
    return RedirectResponse(onward(request, f"{PATH}/{code}", done=f"permit_{move}"), 303)


def _parts(request: Request, caller: Caller) -> list[str]:
    """The lists that an officer is offered: not those of who checks, where their agency never does."""
    checks = caller.has("admin") or caller.agency in permitting_of(current_gateway(request).city).checkers
    return [part for part in PARTS if checks or part not in CHECKING]


async def _of(request: Request, caller: Caller, code: str) -> views.Permit:
    return views.permit((await current_gateway(request).pillars.call(pb.GetPermitRequest(code=code), caller)).permit)


async def _show(request: Request, code: str, caller: Caller, shown: FormState) -> Response:
    gateway, found = current_gateway(request), await _of(request, caller, code)
    return render(
        request, "economy/officer_permit.html", shown.status, private=True, here="officer", view="permits", it=found,
        kind=permitting_of(gateway.city).kinds.get(found.kind), moves=[move for move in found.moves if move in MOVES],
        back=way_back(request), trail=kept(request), **named(request), **shown.context(),
    )  # fmt: skip
