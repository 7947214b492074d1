"""Boarding by the code in a bus: one press on one's own phone, and a confirmation for whoever looks at it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Annotated

import grpc.aio
from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers.addresses import below
from gateway.answers.problems import Problem
from gateway.callers.session import csrf_checked, current_caller
from gateway.city.riding import Riding
from gateway.gateway import current_gateway
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted, signed_in
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.page import PageRoute, render, texts_of
from gateway.portal.living.all_lines import all_lines
from gateway.portal.living.cards import riding, usable_and_shut
from services.kit.caller import Caller
from smartcity.economy.v1 import wallets_pb2
from smartcity.living.v1 import (
    cards_pb2,
    cards_views,
    rides_pb2,
    rides_views,
    vehicles_pb2,
    vehicles_views,
)

PATH = "/transit/bus"
CHECKED = [Depends(csrf_checked)]
router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)
Terms = Annotated[Riding, Depends(riding)]
Rider = Annotated[Caller, Depends(signed_in)]
_LATELY = timedelta(hours=1)
"""For so long a boarding of this bus is shown first to who opens its code again."""
_COUNTS = timedelta(hours=3)
"""No ride takes longer: what is older is told, and not as if one were on board."""


def address(public_url: str, vehicle: str) -> str:
    """What the code in a bus says: nothing but this."""
    return f"{public_url.rstrip('/')}{below(PATH, vehicle)}/naik"


@router.get("/{id}/naik")
async def board_page(
    request: Request,
    id: Identifier,  # noqa: A002
    terms: Terms,
    perjalanan: Annotated[str, Query(max_length=40)] = "",
    lagi: str = "",
) -> Response:
    """The bus, its line and the caller's fare with one button; with a ride of theirs, the confirmation."""
    return await _show(request, id, terms, FormState(), ride=perjalanan, again=bool(lagi))


@router.post("/{id}/naik", dependencies=CHECKED)
async def board(request: Request, id: Identifier, caller: Rider, terms: Terms) -> Response:  # noqa: A002
    """Boards it with the caller's own card."""
    form = await forms.read(request)
    asked = rides_pb2.BoardVehicleRequest(
        request_id=form["request_id"], vehicle=id, route=form["route"][:255], after=form["after"][:36]
    )
    answer = await attempted(request, "board", form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _show(request, id, terms, answer)
    again = "&lagi=1" if answer.repeated else ""
    return RedirectResponse(f"{below(PATH, id)}/naik?perjalanan={answer.ride.id}{again}", 303)


@router.post("/{id}/naik/kartu", dependencies=CHECKED)
async def begin(request: Request, id: Identifier, caller: Rider, terms: Terms) -> Response:  # noqa: A002
    """Opens a card for who has none, and comes back."""
    form = await forms.read(request)
    asked = cards_pb2.CreateCardRequest(request_id=form["request_id"])
    answer = await attempted(request, "open", form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _show(request, id, terms, answer)
    return RedirectResponse(f"{below(PATH, id)}/naik", 303)


async def _show(
    request: Request,
    vehicle: str,
    terms: Riding,
    shown: FormState,
    *,
    ride: str = "",
    again: bool = False,
) -> Response:
    pillars, caller = current_gateway(request).pillars, current_caller(request)
    known = not caller.roles <= {"anonymous"}
    try:
        answer, lines = await asyncio.gather(
            pillars.call(vehicles_pb2.GetVehicleRequest(id=vehicle), caller),
            all_lines(request, texts_of(request).language),
        )
    except grpc.aio.AioRpcError as error:
        if error.code() is not grpc.StatusCode.NOT_FOUND:
            raise
        return render(request, "living/transit_board_gone.html", 404, here="transit")
    bus = vehicles_views.vehicle(answer.vehicle)
    held = await pillars.call(cards_pb2.ListCardsRequest(), caller) if known else cards_pb2.ListCardsResponse()
    card, shut = usable_and_shut([cards_views.card(one) for one in held.cards])
    boarded = await _boarded(request, caller, bus.id, ride) if known else None
    language, now = texts_of(request).language, datetime.now(UTC)
    return render(
        request, "living/transit_board.html", shown.status, private=True, here="transit", bus=bus,
        route=bus.route if bus.state == "live" else "", lines=lines,
        card=card, blocked=shut,
        purse=await _purse(request, caller) if card else None, boarded=boarded,
        confirmed=bool(ride) and boarded is not None, again=again, now=now, fresh=boarded is not None
        and boarded.time is not None and now - boarded.time < _COUNTS,
        base=f"{below(PATH, bus.id)}/naik", usual=terms.classes[0].id, known=known,
        class_name=lambda rider: terms.name(rider, language),
        **shown.context(),
    )  # fmt: skip


async def _purse(request: Request, caller: Caller) -> wallets_pb2.Wallet | None:
    """What the fare is taken from; an empty one for who has none, None where nobody tells."""
    try:
        return (await current_gateway(request).pillars.call(wallets_pb2.GetWalletRequest(), caller, retry=False)).wallet
    except grpc.aio.AioRpcError as error:
        return wallets_pb2.Wallet() if error.code() is grpc.StatusCode.NOT_FOUND else None


async def _boarded(request: Request, caller: Caller, vehicle: str, ride: str) -> rides_views.Ride | None:
    """The ride that is asked for, if it is the caller's and of this bus; else their last of it, if that was lately."""
    pillars = current_gateway(request).pillars
    if ride:
        try:
            found = rides_views.ride((await pillars.call(rides_pb2.GetRideRequest(id=ride), caller)).ride)
        except grpc.aio.AioRpcError as error:
            if error.code() is not grpc.StatusCode.NOT_FOUND:
                raise
            found = None
        if found is None or not found.own or found.validator != vehicle:
            raise Problem(404, "RIDE_NOT_FOUND", "There is no such ride of yours on this vehicle.")
        return found
    rides = await pillars.call(rides_pb2.ListRidesRequest(own=True, page_size=5), caller)
    since = datetime.now(UTC) - _LATELY
    latest = (rides_views.ride(one) for one in rides.rides)
    return next((one for one in latest if one.validator == vehicle and one.time and one.time > since), None)
