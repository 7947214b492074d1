"""The control room's desk: warnings, open alarms, all gauges and all pumps on one page, kept up to date.

Without JavaScript the page loads itself anew each half minute. With it, parts that have changed come as events
(``gateway.streams.control_room``), made by the same templates.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import grpc.aio
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from gateway.answers.problems import Problem
from gateway.callers.lasting import login_holds
from gateway.city.control_room import Room
from gateway.gateway import current_gateway
from gateway.portal.environment.things import words
from gateway.portal.kit.caller_words import caller_words
from gateway.portal.kit.dates import clock_seconds
from gateway.portal.kit.page import PageRoute, city_words, fragment, render, texts_of
from gateway.portal.kit.staff import staff
from gateway.portal.kit.texts import language_of
from gateway.streams.control_room import Desk, Waiting
from gateway.streams.desks import digest, seen_of
from gateway.streams.events import Stream
from services.kit.caller import Caller

PATH = "/petugas/ruang-kendali"
router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)
PARTS = ("warnings", "alarms", "gauges", "pumps")
"""Parts of the page, in its order."""


def controllers(request: Request) -> Caller:
    """Dependency: an officer of an agency, or an administrator."""
    caller = staff(request)
    if not caller.has("admin") and not (caller.has("officer") and caller.agency):
        raise Problem(403, "ROLE_NOT_ALLOWED", "The control room is for officers of the city's agencies.")
    return caller


Officer = Annotated[Caller, Depends(controllers)]


@router.get("")
async def room(request: Request, caller: Officer) -> Response:
    """The room as it stands."""
    desks, decides = current_gateway(request).desks, _decides(request, caller)
    found = await desks.watched.now()
    waiting = await _waiting(request, caller) if decides else ()
    parts = _parts(request, found, waiting, decides=decides)
    seen = seen_of({name: digest(html) for name, html in parts.items()})
    return render(
        request, "environment/control_room.html", private=True, here="officer", view="control_room", parts=parts,
        at=_clock(request, found), seen=seen, path=PATH,
    )  # fmt: skip


@router.get("/events")
async def live(request: Request, caller: Officer, seen: str = "") -> Stream:
    """What changes in the room. A browser that connects again says by ``Last-Event-ID`` what it has."""
    gateway, decides = current_gateway(request), _decides(request, caller)
    desk = Desk(
        caller=caller,
        language=language_of(request),
        decides=decides,
        shown=lambda found, waiting: _parts(request, found, waiting, decides=decides),
        clock=lambda found: _clock(request, found),
        valid=lambda: login_holds(request, caller),
    )
    return gateway.desks.stream(desk, (request.headers.get("last-event-id") or seen)[:200])


async def _waiting(request: Request, caller: Caller) -> Waiting:
    try:
        return await current_gateway(request).desks.watched.waiting(caller)
    except grpc.aio.AioRpcError:
        return ()  # the rest of the room is worth looking at


def _decides(request: Request, caller: Caller) -> bool:
    return caller_words(caller, texts_of(request), city_words(request), request).warns


def _parts(request: Request, found: Room, waiting: Waiting, *, decides: bool) -> Mapping[str, str]:
    warns = current_gateway(request).bulletins.warns
    known = {"room": found, "waiting": waiting, "decides": decides, "warns": warns, **words(request)}
    return {name: fragment(request, f"environment/parts/room_{name}.html", **known) for name in PARTS}


def _clock(request: Request, found: Room) -> str:
    return clock_seconds(found.as_of, texts_of(request), current_gateway(request).city.timezone)
