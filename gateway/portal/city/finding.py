"""One search over what people look for: e-services, permits, reports, places, days out, facilities, events, lines,
stops and pages, and what codes open.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter

import grpc.aio
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.answers.addresses import below
from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal import opening
from gateway.portal.branding.all_destinations import all_destinations
from gateway.portal.city.findable import Find, Findable, Told, findable
from gateway.portal.city.wanted import fits, had, letters, meant, wanted_of, whole
from gateway.portal.kit.page import PageRoute, render, texts_of
from gateway.portal.living.all_facilities import all_facilities
from gateway.portal.living.all_lines import all_lines
from gateway.portal.living.known_places import bare
from gateway.portal.living.known_stops import stop_with
from services.kit.city import City
from smartcity.branding.v1 import city_events_pb2, day_trips_pb2
from smartcity.branding.v1.day_trips_pb2 import DayTrip
from smartcity.branding.v1.destinations_pb2 import Destination
from smartcity.living.v1 import stops_pb2
from smartcity.living.v1.facilities_pb2 import Facility
from smartcity.living.v1.routes_views import Route

Finds = dict[str, list[Find]]
"""By their sorts."""
Ranked = tuple[int, int, Find]

router = APIRouter(route_class=PageRoute, include_in_schema=False)
MOST = 8
"""Finds of a sort that are shown."""
ALONE = 3
"""Letters of a word that is looked for alone, where nothing fits all of them."""
STEP_LETTERS, AT_LEAST = 20_000, 100
"""How much is looked through before others are served, and as how much a short text counts: a few milliseconds."""
_ID = re.compile("[A-Za-z0-9_.-]{2,40}")
"""What may be the id of a stop."""
MOST_EVENTS = 200
"""Events that are looked through: those to come first, then those that were entered first."""
PATIENCE_S = 1.0
"""How long lines, stops, facilities, places to visit, days out and events are waited for: all else is there at once."""


@router.get("/cari")
async def find(request: Request, q: str = "") -> Response:
    """What fits each word that was typed, else some, by its sort; what pillars have where they tell it in time."""
    typed = letters(q)
    if not typed:
        return render(request, "city/find.html", q="", groups=None, meant="", some_away=False)
    language, city = texts_of(request).language, current_gateway(request).city
    wanted = wanted_of(typed)
    stops, told = await asyncio.gather(_stops(request, typed), _told(request))
    among = list(findable(city, language, told, wanted))
    every, some = await fitting(wanted, among)
    opened = [Find(code, path) for _, code, path in opening(city.code_prefix, typed)]
    alike = sorted(told_apart(city, stops or ()), key=lambda one: not whole(wanted, one.name))
    # A stop is found by likeness: one that lacks a word hides nothing that has some.
    fitted = opened or every or any(fits(wanted_of(bare(typed)), (one.name,)) for one in alike)
    if fitted:
        some = {}
    groups = {"codes": opened, **every, **some, "stops": alike}
    return render(
        request, "city/find.html", q=typed, groups={sort: each for sort, each in groups.items() if each},
        meant="" if fitted else meant(wanted, (" ".join(one.texts) for one in among)),
        some_words=bool(some), alike=not fitted, most=MOST, some_away=None in (stops, *told),
    )  # fmt: skip


async def fitting(wanted: Sequence[str], among: Iterable[Findable]) -> tuple[Finds, Finds]:
    """What fits each of the words, and what fits some; the best of a sort first. Others are served meanwhile."""
    every: dict[str, list[Ranked]] = {}
    some: dict[str, list[Ranked]] = {}
    passed = 0
    for one in among:
        text = " ".join(one.texts)
        passed += max(len(text), AT_LEAST)
        if passed > STEP_LETTERS:
            passed = 0
            await asyncio.sleep(0)
        there = had(wanted, text)
        if one.anyway or (there and len(there) == len(wanted)):
            every.setdefault(one.sort, []).append(_rank(wanted, one.find))
        elif alone := [word for word in there if len(word) >= ALONE]:
            some.setdefault(one.sort, []).append(_rank(alone, one.find))
    return _ranked(every), _ranked(some)


def _rank(there: Sequence[str], find: Find) -> Ranked:
    """What more words lead to comes first; then names with the words as they are, and names that they begin."""
    by_name = 0 if whole(there, find.name) else 1 if fits(there, (find.name,)) else 2
    return -len(there), by_name, find


def _ranked(found: Mapping[str, list[Ranked]]) -> Finds:
    return {sort: [find for *_, find in sorted(each, key=itemgetter(0, 1))] for sort, each in found.items()}


async def _told(request: Request) -> Told:
    return Told(
        *await asyncio.gather(
            _lines(request), _destinations(request), _events(request), _facilities(request), _trips(request)
        )
    )


async def _lines(request: Request) -> list[Route] | None:
    """All lines; None where nobody tells in time."""
    try:
        return await all_lines(request, within=PATIENCE_S, retry=False)
    except (grpc.aio.AioRpcError, TimeoutError):
        return None


async def _destinations(request: Request) -> Sequence[Destination] | None:
    """Places to visit; None where nobody tells in time."""
    try:
        return await all_destinations(request, PATIENCE_S)
    except grpc.aio.AioRpcError:
        return None


async def _trips(request: Request) -> Sequence[DayTrip] | None:
    """Days out; None where nobody tells in time."""
    asked = day_trips_pb2.ListDayTripsRequest()
    try:
        answer = await current_gateway(request).pillars.send(
            asked, current_caller(request), within=PATIENCE_S, retry=False
        )
    except grpc.aio.AioRpcError:
        return None
    assert isinstance(answer, day_trips_pb2.ListDayTripsResponse)
    return list(answer.trips)


async def _facilities(request: Request) -> Sequence[Facility] | None:
    """The city's facilities; None where nobody tells in time."""
    try:
        return await all_facilities(request, PATIENCE_S)
    except (grpc.aio.AioRpcError, TimeoutError):
        return None


async def _events(request: Request) -> Sequence[city_events_pb2.CityEvent] | None:
    """What is on; None where nobody tells in time."""
    asked = city_events_pb2.ListCityEventsRequest(page_size=MOST_EVENTS)
    try:
        answer = await current_gateway(request).pillars.send(
            asked, current_caller(request), within=PATIENCE_S, retry=False
        )
    except grpc.aio.AioRpcError:
        return None
    assert isinstance(answer, city_events_pb2.ListCityEventsResponse)
    return list(answer.events)


def told_apart(city: City, stops: Sequence[stops_pb2.Stop]) -> list[Find]:
    """Stops as finds: a station stands for its platforms, and stops of one name are told apart by kelurahan and id."""
    stations = {one.id for one in stops}
    alone = [one for one in stops if one.station not in stations]
    count = Counter(one.name for one in alone)
    return [
        Find(one.name, below("/transit/halte", one.id), _where(city, one) if count[one.name] > 1 else "")
        for one in alone
    ]


def _where(city: City, one: stops_pb2.Stop) -> str:
    area = city.locate(one.location.lon, one.location.lat) if one.HasField("location") else None
    return f"{area.name}, {one.id}" if area else one.id


async def _stops(request: Request, typed: str) -> list[stops_pb2.Stop] | None:
    """By their names, and the one of that id; None where nobody tells in time."""
    pillars, caller = current_gateway(request).pillars, current_caller(request)
    by_name = stops_pb2.ListStopsRequest(name=bare(typed), page_size=MOST)
    named, *known = await asyncio.gather(
        pillars.send(by_name, caller, within=PATIENCE_S, retry=False),
        *([stop_with(request, typed, within=PATIENCE_S, retry=False)] if _ID.fullmatch(typed) else ()),
        return_exceptions=True,
    )
    for one in (named, *known):
        if isinstance(one, BaseException) and not isinstance(one, grpc.aio.AioRpcError):
            raise one
    if not isinstance(named, stops_pb2.ListStopsResponse):
        return None
    return [one for one in known if isinstance(one, stops_pb2.Stop)] or list(named.stops)
