"""What somebody asks of the journey planner: from where, to where, and when."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlette.requests import Request

from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.kit.page import city_words, texts_of
from gateway.portal.living.facility_words import metres
from gateway.portal.living.known_places import apart_m, bare, like, meant, several
from gateway.portal.living.known_stops import stop_with
from services.kit.city import City, Place
from services.kit.rpc.text import clean, piled
from smartcity.living.v1 import stops_pb2

POINT = re.compile(r"\s*-?[0-9]{1,2}(\.[0-9]{1,12})?\s*,\s*-?[0-9]{1,3}(\.[0-9]{1,12})?\s*")
_CALLED = re.compile(rf"(?P<name>.*?)\s*\((?P<point>{POINT.pattern})\)")
"""A point with what is there, as links of other pages have it. Example: Lawang Sewu (-6.983925,110.410633)"""
MOST_LETTERS, NAME_LETTERS = 255, 100
"""Letters that are taken: of an id, and of the name of a stop or place."""
MOST = 8
"""Suggestions for one entry."""
CLOSE_M = 2_500.0
"""Metres from the middle of a kelurahan to a stop that belongs to it."""
NEAREST, FAR_M = 3, 10_000
"""Stops that are offered near a point, and how far away they may be."""


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
    guessed: bool = False
    """Whether nothing is called what was written, and names like it are suggested."""
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
    called = _CALLED.fullmatch(typed)
    point = called["point"] if called else typed
    if POINT.fullmatch(point):
        lat, lon = map(float, point.split(","))
        on_earth = abs(lat) <= 90 and abs(lon) <= 180
        return Side(typed, point if on_earth else "", named=called["name"] if called else "", wrong=not on_earth)
    if len(typed) > NAME_LETTERS or piled(typed):
        return await _by_id(request, typed) or Side(typed, wrong=True)
    looked = bare(typed)
    asked = stops_pb2.ListStopsRequest(name=looked, page_size=50)
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    same = [one for one in answer.stops if one.name.casefold() in (typed.casefold(), looked.casefold())]
    if same:
        twins = tuple((one.id, f"{one.name} ({one.id})") for one in same[:MOST]) if len(same) > 1 else ()
        return Side(typed, same[0].name, named=same[0].name, twins=twins)
    having = [one for one in answer.stops if looked.casefold() in one.name.casefold()]
    alike = list(dict.fromkeys(one.name for one in answer.stops)) if not having else []
    side = _of_names(city_words(request).city, typed, having, alike, answer.next_page_token)
    found = side or await _by_id(request, typed) or _of_several(typed, alike)
    return found or _guessed(typed, like(city_words(request).city, typed))


def _of_names(
    city: City, typed: str, having: Sequence[stops_pb2.Stop], alike: Sequence[str], more: str
) -> Side | None:  # fmt: skip
    """What is meant of the city's places, and of the stops that have it in their name or are called like it."""
    stops, places = list(dict.fromkeys(one.name for one in having)), meant(city, typed)
    found = city.place(typed)
    if found is None:
        return _of_several(typed, [*places, *stops], more=more)
    if found.name in alike:
        return Side(typed, found.name, found.name, named=found.name)
    whole = f"{found.name}, {found.area.district}"
    spelled = typed.casefold() in (found.name.casefold(), places[0].casefold(), whole.casefold())
    if not (stops or spelled) and (choice := _of_several(typed, several(city, typed))):
        return choice
    if not stops or not _rather_a_stop(found, having, typed, spelled=spelled):
        point = f"{found.lat:.6f},{found.lon:.6f}"
        middle = places[0] if found.approximate else ""
        return Side(typed, point, "" if spelled else places[0], named=places[0], middle=middle)
    # Written with its district no stop is called like it: who chooses it is not asked again.
    places = [whole if city.place(whole) == found else places[0]]
    if len(stops) == 1 and (not spelled or _close(found, having[0])):
        places = []
    return _of_several(typed, stops[: MOST - 1] + places, len(stops) + len(places), more=more)


def _rather_a_stop(place: Place, stops: Sequence[stops_pb2.Stop], typed: str, *, spelled: bool) -> bool:
    """Whether who writes this means a stop that has it in its name: rather than a place of a name like it, and rather
    than the middle of a kelurahan, from which it may be far to any stop.
    """
    begun = len(stops) == 1 and stops[0].name.casefold().startswith(typed.casefold())
    return place.approximate or (begun and not spelled)


def _close(place: Place, stop: stops_pb2.Stop) -> bool:
    """Whether a stop belongs to a place: not every stop of a name like it lies there."""
    if not stop.HasField("location"):
        return False
    return apart_m((place.lat, place.lon), (stop.location.lat, stop.location.lon)) <= CLOSE_M


def _of_several(typed: str, names: Sequence[str], count: int = 0, *, more: str = "") -> Side | None:
    """The one that is meant, or those that may be; None where there is none."""
    names = list(dict.fromkeys(names))
    if len(names) == 1:
        return Side(typed, names[0], names[0])
    if not names:
        return None
    said = f"{count or len(names)}{'+' if more else ''}"
    return Side(typed, suggested=tuple((one, one) for one in names[:MOST]), count=said, wrong=True)


def _guessed(typed: str, names: Sequence[str]) -> Side:
    """What nobody knows, with the names that are like it."""
    return Side(typed, suggested=tuple((one, one) for one in names), guessed=bool(names), wrong=True)


async def _by_id(request: Request, typed: str) -> Side | None:
    """A stop whose id was typed, by its name where that leads to it alone; None where there is none."""
    pillars, caller = current_gateway(request).pillars, current_caller(request)
    stop = await stop_with(request, typed)
    if stop is None:
        return None
    typed = stop.id
    if not stop.name or len(stop.name) > NAME_LETTERS:
        return Side(typed, typed, named=stop.name)
    answer = await pillars.call(stops_pb2.ListStopsRequest(name=stop.name, page_size=50), caller)
    same = {one.station or one.id for one in answer.stops if one.name.casefold() == stop.name.casefold()}
    return Side(stop.name if same == {stop.station or stop.id} else typed, typed, named=stop.name)


async def nearest(request: Request, side: Side) -> tuple[tuple[str, str, str], ...]:
    """The stops that are the nearest to a point, of each name one: its id, its name, and how far it is."""
    asked = stops_pb2.ListStopsRequest(near=side.place, radius_m=FAR_M, page_size=4 * NEAREST)
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    found: dict[str, stops_pb2.Stop] = {}
    for one in answer.stops:
        found.setdefault(one.name, one)
    texts = texts_of(request)
    return tuple((one.id, name, metres(texts, one.distance_m)) for name, one in list(found.items())[:NEAREST])


def refused(side: Side, reason: str) -> Side:
    """A place that the planner does not know either, or of which there are several far apart."""
    suggested = side.twins if reason.endswith("_AMBIGUOUS") else ()
    return replace(side, place="", wrong=True, suggested=suggested, count=str(len(suggested)))
