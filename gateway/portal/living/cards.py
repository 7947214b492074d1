"""A passenger's card: its QR code, what rides cost with it, what has been ridden, and the class that is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers import qr
from gateway.answers.problems import Problem
from gateway.callers.session import csrf_checked
from gateway.city.riding import Riding, riding_of
from gateway.gateway import current_gateway
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted, signed_in
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.own_page import OwnPage
from gateway.portal.kit.page import PageRoute, render, texts_of
from gateway.portal.kit.paging import PAGE, next_href, page_token
from gateway.portal.kit.way_back import goal, towards
from services.kit.caller import Caller
from smartcity.living.v1 import cards_pb2, cards_views, concessions_pb2, concessions_views, rides_pb2, rides_views
from smartcity.types.v1.money_views import Money

PATH = "/transit/kartu"
CHECKED = [Depends(csrf_checked)]
DONE = frozenset({"card_opened", "card_blocked", "card_asked", "concession_asked", "concession_withdrawn"})


def riding(request: Request) -> Riding:
    """Dependency: the terms of rides of a city that takes taps."""
    found = riding_of(current_gateway(request).city)
    if not found.agency:
        raise Problem(404, "RIDES_OFF", "This city takes no taps.")
    return found


OWN_PAGE = OwnPage(PATH, "card.title", lambda city: riding_of(city).agency)
router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)
Terms = Annotated[Riding, Depends(riding)]
Rider = Annotated[Caller, Depends(signed_in)]


@router.get("")
async def card(request: Request, caller: Rider, terms: Terms, done: str = "") -> Response:
    """The caller's card and rides, or the offer to open one. An officer's lists hold others': they are left out."""
    return await _show(request, caller, terms, FormState(done=done if done in DONE else ""))


@router.post("", dependencies=CHECKED)
async def begin(request: Request, caller: Rider, terms: Terms) -> Response:
    """Opens the caller's card."""
    form = await forms.read(request)
    asked = cards_pb2.CreateCardRequest(request_id=form["request_id"])
    return await _do(request, caller, terms, "open", form, asked, "card_opened")


@router.post("/blokir", dependencies=CHECKED)
async def block(request: Request, caller: Rider, terms: Terms) -> Response:
    """Blocks it: it was lost."""
    form = await forms.read(request)
    asked = cards_pb2.BlockCardRequest(request_id=form["request_id"], number=form["number"], etag=form["etag"])
    return await _do(request, caller, terms, "block", form, asked, "card_blocked")


@router.post("/bayar", dependencies=CHECKED)
async def settle(request: Request, caller: Rider, terms: Terms) -> Response:
    """Asks once more for what could not be paid."""
    form = await forms.read(request)
    asked = rides_pb2.SettleCardRequest(request_id=form["request_id"], number=form["number"])
    return await _do(request, caller, terms, "settle", form, asked, "card_asked")


@router.post("/keringanan", dependencies=CHECKED)
async def concession(request: Request, caller: Rider, terms: Terms) -> Response:
    """Asks for a cheaper class."""
    form = await forms.read(request)
    asked = concessions_pb2.CreateConcessionRequest(
        request_id=form["request_id"], rider=form["rider"][:64], proof=form["proof"]
    )
    return await _do(request, caller, terms, "concession", form, asked, "concession_asked")


@router.post("/keringanan/{id}/batal", dependencies=CHECKED)
async def take_back(request: Request, id: Identifier, caller: Rider, terms: Terms) -> Response:  # noqa: A002
    """Takes back what nobody has decided on."""
    form = await forms.read(request)
    asked = concessions_pb2.DeleteConcessionRequest(request_id=form["request_id"], id=id)
    return await _do(request, caller, terms, f"back-{id}", form, asked, "concession_withdrawn")


async def _do(
    request: Request, caller: Caller, terms: Riding, doing: str, form: Fields, asked: Any, done: str
) -> Response:
    answer = await attempted(request, doing, form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _show(request, caller, terms, answer)
    return RedirectResponse(f"{PATH}{towards(request, done=done)}", 303)


def usable_and_shut(held: Sequence[cards_views.Card]) -> tuple[cards_views.Card | None, cards_views.Card | None]:
    """The card that can be used; where none can, the blocked one that its holder is told of: the newest, or first of
    all one that was misused, beside which no other is opened.
    """
    usable = next((one for one in held if one.state != "blocked"), None)
    blocked = [] if usable else sorted(held, key=lambda one: one.block != "misused")
    return usable, blocked[0] if blocked else None


def _unpaid(card: cards_views.Card) -> tuple[str, Money] | None:
    """What is said of what a card owes, and the amount; None where that keeps nobody from riding."""
    if card.owed and card.owed.units:
        return "owes" if card.payable else "owed", card.owed
    if not card.due or not (card.payable or (card.due.units and card.state != "active")):
        return None
    return "unanswered" if card.payable else "owed", card.due


async def _show(request: Request, caller: Caller, terms: Riding, shown: FormState) -> Response:
    pillars, language = current_gateway(request).pillars, texts_of(request).language
    rides_asked = rides_pb2.ListRidesRequest(own=True, page_size=PAGE, page_token=page_token(request))
    cards, concessions, rides = await asyncio.gather(
        pillars.call(cards_pb2.ListCardsRequest(), caller),
        pillars.call(concessions_pb2.ListConcessionsRequest(own=True), caller),
        pillars.call(rides_asked, caller),
    )
    held = [cards_views.card(one) for one in cards.cards]
    usable, shut = usable_and_shut(held)
    return render(
        request, "living/card.html", shown.status, private=True, here="transit", card=usable,
        blocked=shut,
        owing=[(one, *said) for one in held if (said := _unpaid(one))],
        code=qr.drawing(usable.number) if usable else "",
        concessions=[concessions_views.concession(one) for one in concessions.concessions],
        rides=[rides_views.ride(one) for one in rides.rides],
        next_href=next_href(PATH, rides.next_page_token), classes=terms.classes,
        class_name=lambda rider: terms.name(rider, language), language=language, goal=goal(request),
        towards=towards(request), **shown.context(),
    )  # fmt: skip
