"""The desk of rides, for the transport agency: a day's takings, concessions to decide, rides that are unpaid, cards."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.session import csrf_checked
from gateway.city.riding import Riding
from gateway.gateway import current_gateway
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, incomplete, tried, unkept
from gateway.portal.kit.addresses import Code, Identifier
from gateway.portal.kit.dates import day_of
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute, render, texts_of
from gateway.portal.kit.paging import PAGE, next_href, page_token, same_page
from gateway.portal.kit.staff import staff
from gateway.portal.kit.way_back import kept, public_trail, way_back
from gateway.portal.living.cards import riding
from services.kit.caller import Caller
from services.kit.rpc.text import clean
from smartcity.living.v1 import cards_pb2, cards_views, concessions_pb2, concessions_views, rides_pb2, rides_views

PATH = "/petugas/perjalanan"
CHECKED = [Depends(csrf_checked)]
DONE = frozenset(
    {"concession_granted", "concession_declined", "concession_taken_back"}
    | {"ride_written_off", "card_asked", "card_blocked", "card_unblocked"}
)
_NO_NUMBER = re.compile("[^0-9A-Za-z-]")
_MOST_LETTERS = 40
"""Of what is looked for."""

router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)
Staff = Annotated[Caller, Depends(staff)]
Terms = Annotated[Riding, Depends(riding)]


@router.get("")
async def desk(request: Request, caller: Staff, terms: Terms, hari: str = "", done: str = "") -> Response:
    """The day's takings by line, concessions that wait, and rides that are unpaid."""
    shown = FormState(done=done if done in DONE else "")
    entered = Fields(hari=clean(hari)[:_MOST_LETTERS])
    if entered["hari"] and not day_of(entered["hari"]):
        shown = incomplete(request, "hari", entered, hari="ride_desk.day_wrong")
    return await _desk(request, caller, terms, shown)


@router.post("/kartu", dependencies=CHECKED)
async def find(request: Request, caller: Staff, terms: Terms) -> Response:
    """Opens the card whose number somebody says; it is in no address, for whoever has it can ride on it."""
    form = await forms.read(request)
    entered = Fields(kartu=clean(form["kartu"])[:_MOST_LETTERS], request_id=form["request_id"])
    number = _NO_NUMBER.sub("", entered["kartu"]).upper()
    found = await tried(request, caller, "kartu", entered, cards_pb2.GetCardRequest(number=number or "-"))
    if not isinstance(found, FormState):
        return RedirectResponse(f"{PATH}/kartu/{found.card.id}{_trail(request)}", 303)
    if found.status == 404:
        found = replace(incomplete(request, "kartu", entered, kartu="reason.CARD_NOT_FOUND"), status=404)
    return await _desk(request, caller, terms, found)


async def _desk(request: Request, caller: Caller, terms: Riding, shown: FormState) -> Response:
    """The lists of today where no day is chosen."""
    pillars, chosen = current_gateway(request).pillars, _chosen(request)
    state = chosen.get("keringanan", "waiting")
    other = {**chosen, "keringanan": "" if state == "granted" else "granted"}
    listed = concessions_pb2.ListConcessionsRequest(
        page_size=PAGE, state=concessions_views.CONCESSION_STATE_NUMBERS[state]
    )
    takings, concessions, unpaid = await asyncio.gather(
        pillars.call(rides_pb2.ListRideTakingsRequest(day=chosen.get("hari", "")), caller),
        pillars.call(listed, caller),
        pillars.call(rides_pb2.ListRidesRequest(page_size=PAGE, page_token=page_token(request)), caller),
    )
    return _page(
        request, "living/officer_rides.html", shown, terms,
        day=takings.day, takings=[rides_views.ride_takings(one) for one in takings.takings],
        concessions=[concessions_views.concession(one) for one in concessions.concessions], state=state,
        more=bool(concessions.next_page_token), others=f"{PATH}{same_page(request, **other)}",
        unpaid=[rides_views.ride(one) for one in unpaid.rides],
        next_href=next_href(PATH, unpaid.next_page_token, **chosen),
        of_list=same_page(request, **chosen), into=_trail(request),
    )  # fmt: skip


def _chosen(request: Request) -> dict[str, str]:
    """What the lists are filtered by: a day, and which concessions."""
    day, granted = clean(request.query_params.get("hari", "")), {"keringanan": "granted"}
    which = request.query_params.get("keringanan")
    return ({"hari": day} if day_of(day) else {}) | (granted if which == "granted" else {})


def _trail(request: Request) -> str:
    """What leads from the lists to one of them ends with."""
    return public_trail(PATH, **_chosen(request), page=page_token(request))


def _back(request: Request, done: str) -> RedirectResponse:
    """To the lists as they were filtered, which say what was done."""
    back = way_back(request, PATH) or PATH
    return RedirectResponse(f"{back}{'&' if '?' in back else '?'}done={done}", 303)


@router.post("/keringanan/kode", dependencies=CHECKED)
async def by_code(request: Request, caller: Staff, terms: Terms) -> Response:
    """Opens the one whose code somebody says at the counter; the code is in no address."""
    form = await forms.read(request)
    entered = Fields(kode=clean(form["kode"])[:_MOST_LETTERS], request_id=form["request_id"])
    asked = concessions_pb2.ListConcessionsRequest(code=_NO_NUMBER.sub("", entered["kode"])[:32] or "-")
    found = await tried(request, caller, "kode", entered, asked)
    if isinstance(found, FormState):
        return await _desk(request, caller, terms, found)
    if not found.concessions:
        wrong = incomplete(request, "kode", entered, kode="ride_desk.code_unknown")
        return await _desk(request, caller, terms, replace(wrong, status=404))
    return RedirectResponse(f"{PATH}/keringanan/{found.concessions[0].id}{_trail(request)}", 303)


@router.get("/keringanan/{id}")
async def concession(request: Request, id: Identifier, caller: Staff, terms: Terms) -> Response:  # noqa: A002
    """One concession."""
    return await _concession(request, id, caller, terms, FormState())


@router.post("/keringanan/{id}/{verb}", dependencies=CHECKED)
async def decide(request: Request, id: Identifier, verb: Code, caller: Staff, terms: Terms) -> Response:  # noqa: A002
    """Grants it (``beri``), declines it or takes it back (anything else)."""
    form = await forms.read(request)
    said = {"request_id": form["request_id"], "id": id, "etag": form["etag"], "note": form["note"]}
    asked: Any = concessions_pb2.DeclineConcessionRequest(**said)
    doing = "decline"
    if verb == "beri":
        asked, doing = concessions_pb2.GrantConcessionRequest(**said, last_day=form["last_day"]), "grant"
    answer = await tried(request, caller, doing, form, asked)
    if isinstance(answer, FormState):
        return await _concession(request, id, caller, terms, answer)
    became = answer.concession
    done = "granted" if doing == "grant" else "taken_back" if became.first_day else "declined"
    return _back(request, f"concession_{done}")


async def _concession(request: Request, id_: str, caller: Caller, terms: Riding, shown: FormState) -> Response:
    asked = concessions_pb2.GetConcessionRequest(id=id_)
    answer = await current_gateway(request).pillars.call(asked, caller)
    found = concessions_views.concession(answer.concession)
    today, days = datetime.now(current_gateway(request).city.timezone).date(), terms.days(found.rider)
    return _page(
        request, "living/officer_concession.html", shown, terms, one=found, today=today.isoformat(),
        latest=(today + timedelta(days=days - 1)).isoformat() if days else "",
        base=f"{PATH}/keringanan/{found.id}",
    )  # fmt: skip


@router.get("/tunggakan/{id}")
async def ride(request: Request, id: Identifier, caller: Staff, terms: Terms) -> Response:  # noqa: A002
    """One ride."""
    return await _ride(request, id, caller, terms, FormState())


@router.post("/tunggakan/{id}", dependencies=CHECKED)
async def write_off(request: Request, id: Identifier, caller: Staff, terms: Terms) -> Response:  # noqa: A002
    """Gives up on it."""
    form = await forms.read(request)
    asked = rides_pb2.WriteOffRideRequest(request_id=form["request_id"], id=id, etag=form["etag"], note=form["note"])
    answer = await tried(request, caller, "write_off", form, asked)
    if isinstance(answer, FormState):
        return await _ride(request, id, caller, terms, answer)
    return _back(request, "ride_written_off")


async def _ride(request: Request, id_: str, caller: Caller, terms: Riding, shown: FormState) -> Response:
    answer = await current_gateway(request).pillars.call(rides_pb2.GetRideRequest(id=id_), caller)
    found = rides_views.ride(answer.ride)
    return _page(request, "living/officer_ride.html", shown, terms, one=found, base=f"{PATH}/tunggakan/{found.id}")


@router.get("/kartu/{id}")
async def card(request: Request, id: Identifier, caller: Staff, terms: Terms) -> Response:  # noqa: A002
    """One card."""
    return await _card(request, id, caller, terms, FormState())


@router.post("/kartu/{id}/{verb}", dependencies=CHECKED)
async def turn(request: Request, id: Identifier, verb: Code, caller: Staff, terms: Terms) -> Response:  # noqa: A002
    """Blocks it (``blokir``), asks for what it owes (``tagih``), or lets it be used again (anything else)."""
    form = await forms.read(request)
    said = {"request_id": form["request_id"], "number": id}
    asked: Any
    if verb == "tagih":
        asked, doing, done = rides_pb2.SettleCardRequest(**said), "settle", "card_asked"
    elif verb == "blokir":
        why = cards_views.CARD_BLOCK_NUMBERS.get(form["reason"], cards_pb2.CARD_BLOCK_LOST)
        asked, doing, done = cards_pb2.BlockCardRequest(**said, etag=form["etag"], reason=why), "block", "card_blocked"
    else:
        asked, doing, done = cards_pb2.UnblockCardRequest(**said, etag=form["etag"]), "unblock", "card_unblocked"
    answer = await tried(request, caller, doing, form, asked)
    if isinstance(answer, FormState):
        return await _card(request, id, caller, terms, answer)
    misused = cards_pb2.CARD_BLOCK_MISUSED
    if doing == "block" and asked.reason == misused != answer.card.block:
        return await _card(request, id, caller, terms, unkept(request, doing, "ride_desk.block_not_kept"))
    return _back(request, done)


async def _card(request: Request, id_: str, caller: Caller, terms: Riding, shown: FormState) -> Response:
    answer = await current_gateway(request).pillars.call(cards_pb2.GetCardRequest(number=id_), caller)
    found = cards_views.card(answer.card)
    return _page(request, "living/officer_card.html", shown, terms, one=found, base=f"{PATH}/kartu/{found.id}")


def _page(request: Request, template: str, shown: FormState, terms: Riding, **more: Any) -> Response:
    language = texts_of(request).language
    return render(
        request, template, shown.status, private=True, here="officer", view="rides",
        back=way_back(request, PATH) or PATH, trail=kept(request, PATH),
        class_name=lambda rider: terms.name(rider, language), **more, **shown.context(),
    )  # fmt: skip
