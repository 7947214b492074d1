"""What somebody asks of the journey planner: from where, to where, and when."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import grpc.aio
from starlette.requests import Request

from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.kit.page import city_words
from gateway.portal.living.known_places import meant
from services.kit.rpc.text import clean, piled
from smartcity.living.v1 import stops_pb2

POINT = re.compile(r"\s*-?[0-9]{1,2}(\.[0-9]{1,12})?\s*,\s*-?[0-9]{1,3}(\.[0-9]{1,12})?\s*")
MOST_LETTERS, NAME_LETTERS = 255, 100
"""Letters that are taken: of an id, and of the name of a stop or place."""
MOST = 8
"""Suggestions for one entry."""


@dataclass(frozen=True)
class Side:
    """Where one is, or wants to be."""

    typed: str = ""
    place: str = ""
    """As the API takes it; empty while it is not known."""
    read: str = ""
    """The name of what is meant, where another one was typed."""
    named: str = ""
    """What it is called, however it was typed."""
    suggested: tuple[tuple[str, str], ...] = ()
    """What may be meant: what to write, and how it is said."""
    count: str = ""
    """How many may be meant; those that are suggested are the first of them."""
    wrong: bool = False
    missing: bool = False
    """Nothing was written, and yet it was asked."""
    middle: str = ""
    """The kelurahan or landmark whose point is a stand-in."""
    twins: tuple[tuple[str, str], ...] = ()
    """The stops of this very name, as suggestions: they may lie far apart."""


async def side_of(request: Request, name: str) -> Side:
    """The place that is meant: a point, a stop by its name or id, else a landmark or kelurahan of the city."""
    given = request.query_params.get(name)
    typed = " ".join(clean(given or "").split())[:MOST_LETTERS]
    if not typed:
        return Side(missing=given is not None)
    if POINT.fullmatch(typed):
        lat, lon = map(float, typed.split(","))
        on_earth = abs(lat) <= 90 and abs(lon) <= 180
        return Side(typed, typed if on_earth else "", wrong=not on_earth)
    if len(typed) > NAME_LETTERS or piled(typed):
        return await _by_id(request, typed)
    asked = stops_pb2.ListStopsRequest(name=typed, page_size=50)
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    same = [one for one in answer.stops if one.name.casefold() == typed.casefold()]
    if same:
        twins = tuple((one.id, f"{one.name} ({one.id})") for one in same[:MOST]) if len(same) > 1 else ()
        return Side(typed, same[0].name, named=same[0].name, twins=twins)
    city = city_words(request).city
    stops, places = dict.fromkeys(one.name for one in answer.stops), meant(city, typed)
    found = city.place(typed)
    if found is not None:
        spelled = typed.casefold() in (found.name.casefold(), places[0].casefold())
        begun = len(stops) == 1 and next(iter(stops)).casefold().startswith(typed.casefold())
        if spelled or not begun:  # who begins to write a stop's name means that stop, not a place of a name like it
            point = f"{found.lat:.6f},{found.lon:.6f}"
            middle = places[0] if found.approximate else ""
            return Side(typed, point, "" if spelled else places[0], named=places[0], middle=middle)
        places = []
    names = list(dict.fromkeys([*places, *stops]))
    if len(names) == 1:
        return Side(typed, names[0], names[0])
    if names:
        count = f"{len(names)}{'+' if answer.next_page_token else ''}"
        return Side(typed, suggested=tuple((one, one) for one in names[:MOST]), count=count, wrong=True)
    return await _by_id(request, typed)


async def _by_id(request: Request, typed: str) -> Side:
    """A stop whose id was typed; else nothing that is known."""
    try:
        await current_gateway(request).pillars.call(stops_pb2.GetStopRequest(id=typed), current_caller(request))
    except grpc.aio.AioRpcError as error:
        if error.code() not in (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT):
            raise
        return Side(typed, wrong=True)
    return Side(typed, typed)


def refused(side: Side, reason: str) -> Side:
    """A place that the planner does not know either, or of which there are several far apart."""
    suggested = side.twins if reason.endswith("_AMBIGUOUS") else ()
    return replace(side, place="", wrong=True, suggested=suggested, count=str(len(suggested)))
