"""The dispatchers' board of 112: calls that wait, open incidents, units, and the form of a new call.

It works by keyboard alone, without JavaScript too; with it, what changes comes as events, which go on without a gap at
another gateway when one dies (``gateway.streams.dispatch``), and single keys lead to the parts of the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.callers.lasting import login_holds
from gateway.city.dispatch_board import Board, read
from gateway.gateway import current_gateway
from gateway.portal.governance.call_desk import after_taken
from gateway.portal.governance.dispatching import BOARD, CHECKED, Dispatcher, Names, done, names, position, protocol
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState
from gateway.portal.kit.dates import clock_seconds
from gateway.portal.kit.page import PageRoute, fragment, render, texts_of
from gateway.portal.kit.texts import language_of
from gateway.streams.desks import digest, seen_of
from gateway.streams.dispatch import LOG, Desk, Entry
from gateway.streams.events import Stream
from services.kit.caller import Caller
from smartcity.governance.v1 import emergency_calls_pb2 as calls
from smartcity.governance.v1 import incidents_views

router = APIRouter(prefix=BOARD, route_class=PageRoute, include_in_schema=False)
PARTS = ("calls", "incidents", "units")
"""Parts of the page, in its order."""
DONE = frozenset({"call_closed", "call_linked"})
_NAMED = {
    "incident_opened": "kind", "unit_late": "service", "handed_off": "party", "hand_off_acknowledged": "party",
    "hand_off_escalated": "party", "hand_off_withdrawn": "party", "unit_moved": "unit_state",
    "incident_closed": "incident_outcome", "flood_level": "level",
}  # fmt: skip
"""What the particulars of entries name: of the city's protocol, or in words of the pages."""
_OF_CALLS = {"call_closed": "call_closing", "call_reopened": "call_closing", "call_back": "called_back"}
"""How a call ended, or whether calling back did, behind its number."""
_SERVICE = re.compile(r"(?<=[ (])([+-])(\S+?)(?=[ )])")
_KIND = re.compile(r"(?<=\()(\S+?)→(\S+?)(?=[ )])")


@router.get("")
async def board(request: Request, caller: Dispatcher, done: str = "", catat: str = "") -> Response:
    """The board as it stands, or standing still while a call is written down (``catat``)."""
    return await _board(request, caller, FormState(done=done if done in DONE else ""), taking=bool(catat))


@router.post("", dependencies=CHECKED)
async def take(request: Request, caller: Dispatcher) -> Response:
    """Takes a call."""
    form = await forms.read(request)
    asked = calls.CreateEmergencyCallRequest(
        request_id=form["request_id"], words=form["words"], name=form["name"], phone=form["phone"],
        place=form["place"], area_code=form["area"], location=position(form), exercise=form.flag("exercise"),
    )  # fmt: skip
    answer = await done(request, "call", form, asked, caller)
    if isinstance(answer, FormState):
        return await _board(request, caller, answer, taking=True)
    return await after_taken(request, caller, form, answer)


@router.get("/peta.json")
async def on_the_map(request: Request, caller: Dispatcher) -> Response:
    """Open incidents and units whose place is known, as points of the map."""
    known = names(request, await protocol(request))
    found = await read(current_gateway(request).pillars, caller)
    body = msgspec.json.encode([*_incidents(request, found, known), *_units(request, found)])
    return Response(body, media_type="application/json", headers={"cache-control": "no-store"})


@router.get("/events")
async def live(request: Request, caller: Dispatcher, seen: str = "") -> Stream:
    """What changes on the board. A browser that connects again says by ``Last-Event-ID`` what it has."""
    gateway, known = current_gateway(request), await protocol(request)
    words = names(request, known)
    desk = Desk(
        caller=caller,
        language=language_of(request),
        shown=lambda found: _parts(request, found, known),
        worded=lambda entry: worded(request, entry, words),
        left_out=lambda many: {"text": texts_of(request).count("dispatch.left_out", many), "href": BOARD},
        clock=lambda found: _clock(request, found),
        valid=lambda: login_holds(request, caller),
    )
    return gateway.dispatchers.stream(desk, (request.headers.get("last-event-id") or seen)[:200])


def worded(request: Request, entry: Entry, known: Names) -> Mapping[str, str]:
    """What an entry says to a dispatcher, and where it leads."""
    texts = texts_of(request)
    said = texts.maybe(f"dispatch_entry.{entry.what}", entry.what or "")
    parts = [said, entry.unit or "", detail(request, entry, known)]
    href = f"{BOARD}/insiden/{entry.incident}" if entry.incident else ""
    return {"text": " · ".join(part for part in parts if part), "href": href}


def detail(request: Request, entry: Entry, known: Names) -> str:
    """The particulars of an entry in the reader's language; words of people as they wrote them."""
    text, of = entry.text or "", _NAMED.get(entry.what, "")
    if of == "party":  # and behind it what was said to them, or their reference
        party, mark, words = text.partition(": ")
        return known[of].get(party, party) + mark + words
    if entry.what == "incident_graded":  # behind it another kind, and the services that it brought or took away
        kinds = known["kind"]
        text = _KIND.sub(lambda found: f"{kinds.get(found[1], found[1])}→{kinds.get(found[2], found[2])}", text)
        return _SERVICE.sub(lambda found: found[1] + known["service"].get(found[2], found[2]), text)
    if entry.what in _OF_CALLS:
        number, mark, outcome = text.partition(" ")
        return number + mark + texts_of(request).maybe(f"{_OF_CALLS[entry.what]}.{outcome}", outcome)
    return known[of].get(text, text) if of in known else texts_of(request).maybe(f"{of}.{text}", text)


async def _board(request: Request, caller: Caller, shown: FormState, *, taking: bool) -> Response:
    known = await protocol(request)
    found = await read(current_gateway(request).pillars, caller)
    parts = _parts(request, found, known)
    seen = seen_of({**{name: digest(html) for name, html in parts.items()}, LOG: str(found.last)})
    return render(
        request, "governance/dispatch.html", shown.status, private=True, here="officer", view="dispatch", parts=parts,
        at=_clock(request, found), seen=seen, path=BOARD, taking=taking, **shown.context(),
    )  # fmt: skip


def _parts(request: Request, found: Board, known: incidents_views.EmergencyProtocol) -> Mapping[str, str]:
    shown = {"board": found, "names": names(request, known)}
    return {name: fragment(request, f"governance/parts/dispatch_{name}.html", **shown) for name in PARTS}


def _incidents(request: Request, found: Board, known: Any) -> Iterator[dict[str, object]]:
    drill = texts_of(request)("dispatch.drill")
    for one in found.incidents:
        if one.location is not None:
            name = f"{one.number} · {known['kind'].get(one.kind, one.kind)}" + (f" · {drill}" if one.exercise else "")
            kind = "incident_urgent" if one.priority == 1 else "incident"
            yield {
                "name": name, "kind": kind, "area": one.area.code if one.area else "",
                "href": f"{BOARD}/insiden/{one.id}", "lon": one.location.lon, "lat": one.location.lat,
            }  # fmt: skip


def _units(request: Request, found: Board) -> Iterator[dict[str, object]]:
    drill = texts_of(request)("dispatch.drill")
    for one in found.units:
        if one.location is not None:
            free = "unit_free" if one.crewed else "unit_empty"
            kind = {"available": free, "out_of_service": "unit_off"}.get(one.state or "", "unit_busy")
            href = f"{BOARD}/insiden/{one.incident}" if one.incident else f"{BOARD}#room-units"
            yield {
                "name": f"{one.code} · {drill}" if one.exercise else one.code, "kind": kind, "area": "", "href": href,
                "lon": one.location.lon, "lat": one.location.lat,
            }  # fmt: skip


def _clock(request: Request, found: Board) -> str:
    return clock_seconds(found.as_of, texts_of(request), current_gateway(request).city.timezone)
