"""Public transport: how to get from here to there, what leaves at a stop, and where a line goes."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import partial
from typing import Annotated
from urllib.parse import urlencode

import grpc.aio
import msgspec
from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers import qr
from gateway.answers.addresses import below
from gateway.answers.problems import from_grpc
from gateway.callers.session import current_caller
from gateway.city.riding import riding_of
from gateway.gateway import current_gateway
from gateway.portal.kit.city_words import drawing_of
from gateway.portal.kit.crowds import for_crowds
from gateway.portal.kit.dates import moment_of
from gateway.portal.kit.page import PageRoute, city_words, render, texts_of
from gateway.portal.kit.sources import stops_of_osm
from gateway.portal.living.alerts import alerts_of, closed, elsewhere
from gateway.portal.living.all_lines import all_lines
from gateway.portal.living.bus_map import buses_of, labels
from gateway.portal.living.bus_map import drawn as drawn_buses
from gateway.portal.living.known_places import reached
from gateway.portal.living.transit.asking import MOST_LETTERS, POINT, Side, nearest, refused, side_of
from gateway.portal.living.transit.hours import every_so_often, first_after, hours
from gateway.portal.living.transit.map import Drawn, drawn
from services.kit.city import City
from services.kit.rpc import protos
from services.kit.rpc.text import clean
from smartcity.living.v1 import (
    departures_pb2,
    departures_views,
    journeys_pb2,
    routes_pb2,
    routes_views,
    stops_pb2,
    stops_views,
)
from smartcity.living.v1 import journeys_views as views

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PATH = "/transit"
STOPS, LINES = PATH + "/halte", PATH + "/jalur"
Named = Annotated[str, Path(max_length=255)]
"""What a timetable calls a stop or a line: any letters."""
Asked = Annotated[str, Query(max_length=255)]
"""The same in a query, for those that no path can hold. Where none is named, the lines to choose from are shown."""
_REASONS = {"ORIGIN": 0, "DESTINATION": 1}
_FAR = {"origin_far": 0, "destination_far": 1}
"""Which of the two ends has no stop within walking distance."""
_A_WHILE = timedelta(minutes=2)
"""What left so shortly ago is told of as what goes now: a form sends no seconds, and is sent a little later."""
_BOARD, _MINUTES = 15, 180
"""Departures of a stop's page, and how far they look ahead."""


@router.get(PATH)
@for_crowds()
async def search(request: Request, waktu: str = "", tiba: str = "", akses: str = "") -> Response:
    """Ways from here to there; the form alone while either is missing."""
    sides = list(await asyncio.gather(side_of(request, "dari"), side_of(request, "ke")))
    zone = city_words(request).city.timezone
    waktu = clean(waktu)[:MOST_LETTERS]
    at = moment_of(waktu, zone)
    late = bool(waktu and not at)  # what nobody can read is asked about, not answered as if it were now
    found: views.SearchJourneysResponse | None = None
    if not late and all(side.place for side in sides):
        asked = journeys_pb2.SearchJourneysRequest(
            origin=sides[0].place,
            destination=sides[1].place,
            at=protos.timestamp(at),
            arrive_by=bool(tiba),
            accessible=bool(akses),
            language=texts_of(request).language,
        )
        found, sides = await _asked(request, asked, sides)
    far = _FAR.get(found.missing or "", -1) if found else -1
    city = current_gateway(request).city
    now = datetime.now(UTC)
    wanted = (found and found.at) or now
    gone = too_late = early = False
    if found and tiba and _day_of(wanted, zone) >= _day_of(now, zone):
        found, gone = _to_be_taken(found, now)
        nothing = not found.journeys and (gone or found.missing == "no_way")
        too_late = nothing and (gone or wanted <= now)
        early = nothing and not too_late
        if nothing:
            asked.arrive_by = False
            asked.at.FromDatetime(max(now, _midnight(wanted, zone)) if early else now)
            found, sides = await _asked(request, asked, sides)
    since = (found and found.at) or now
    ends = _ends(found, sides)
    ways = [
        (one, drawn(drawing_of(city), one, ends), _days(since, one, zone)) for one in (found.journeys if found else ())
    ]
    stops = await _stops(request)
    today = _day_of(wanted, zone) == _day_of(now, zone)  # whoever is too late is shown what leaves from now on
    return render(
        request, "living/transit.html", here="transit", sides=sides, found=found, ways=ways, map=drawing_of(city),
        no_more=(today if too_late else not tiba) and _no_more(ways), too_late=too_late, gone=gone, wanted=wanted,
        around=await nearest(request, sides[0]) if POINT.fullmatch(sides[0].place) and not sides[1].typed else (),
        early=early, first_there=_first_there(found),
        when=at.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if at else waktu, late=late,
        near=await nearest(request, sides[far]) if far >= 0 and POINT.fullmatch(sides[far].place) else (),
        far=("dari", "ke")[far], then=at is not None and _day_of(since, zone) != _day_of(now, zone),
        today=_day_of(since, zone) == _day_of(now, zone), past=_day_of(since, zone) < _day_of(now, zone),
        left=not tiba and _day_of(since, zone) == _day_of(now, zone) and _left(found, now),
        arrive_by=bool(tiba), accessible=bool(akses), ends=ends, refill=partial(_refill, request, sides),
        names=_names(city, stops), routes=await all_lines(request, texts_of(request).language),
        alerts=await alerts_of(request) if found is None else [],
        riding=bool(riding_of(city).agency), stops_of_osm=stops_of_osm(city),
    )  # fmt: skip


@router.get(STOPS)
async def stop_asked(request: Request, id: Asked = "") -> Response:  # noqa: A002
    """The same of a stop whose id no path can hold."""
    return await stop(request, id)


@router.get(STOPS + "/{id:path}")
async def stop(request: Request, id: Named) -> Response:  # noqa: A002 - the timetable's own word
    """One stop: what leaves next, its lines; on paper a poster with the address of this page."""
    if not id:
        return RedirectResponse(PATH, 303)
    gateway, caller, language = current_gateway(request), current_caller(request), texts_of(request).language
    answer = await gateway.pillars.call(stops_pb2.GetStopRequest(id=id, language=language), caller)
    asked = departures_pb2.ListDeparturesRequest(stop=id, minutes=_MINUTES, page_size=_BOARD, language=language)
    board: departures_views.ListDeparturesResponse | None = None
    away, paper = "", asyncio.create_task(every_so_often(request, id))
    try:
        board = departures_views.list_departures_response(await gateway.pillars.call(asked, caller))
    except grpc.aio.AioRpcError as error:
        away = from_grpc(error).reason
    shown = stops_views.stop(answer.stop)
    alerts = await alerts_of(request, stop=id)
    shut = closed(alerts, id, answer.stop.station)
    first = None
    if board is not None and not board.departures and not (shut and shut.until is None):
        first = await first_after(request, id, shut.until if shut else None)
    address = f"{gateway.settings.public_url.rstrip('/')}{below(STOPS, shown.id)}"
    return render(
        request, "living/transit_stop.html", here="transit", stop=shown, board=board, away=away, first=first,
        code=qr.drawing(address), address=address, now=datetime.now(UTC), paper=await paper,
        alerts=alerts, shut=shut, elsewhere=await elsewhere(request, alerts, id, answer.stop.station),
        stops_of_osm=stops_of_osm(gateway.city),
    )  # fmt: skip


@router.get(LINES)
async def line_asked(request: Request, id: Asked = "") -> Response:  # noqa: A002
    """The same of a line whose id no path can hold."""
    return await line(request, id)


@router.get(LINES + "/{id:path}")
async def line(request: Request, id: Named) -> Response:  # noqa: A002
    """One line: its buses as they are now, when it runs today, and all its stops in each direction."""
    if not id:
        return RedirectResponse(f"{PATH}#lines", 303)
    gateway = current_gateway(request)
    asked = routes_pb2.GetRouteRequest(id=id, language=texts_of(request).language)
    answer = await gateway.pillars.call(asked, current_caller(request))
    shown = routes_views.route(answer.route)
    buses, runs, alerts = await asyncio.gather(
        buses_of(request, id), hours(request, shown), alerts_of(request, route=id)
    )
    city = drawing_of(gateway.city)
    return render(
        request, "living/transit_line.html", here="transit", line=shown, hours=runs, buses=buses,
        labels=labels(buses), now=datetime.now(UTC), map=city,
        drawing=drawn_buses(city, buses, shown.directions), alerts=alerts, elsewhere=await elsewhere(request, alerts),
        stops_of_osm=stops_of_osm(gateway.city),
    )  # fmt: skip


def _day_of(at: datetime, zone: tzinfo) -> date:
    return at.astimezone(zone).date()


def _days(since: datetime, journey: views.Journey, zone: tzinfo) -> int:
    """How many days after the asked one it begins; -1 is the day before."""
    return (_day_of(journey.start_time or since, zone) - _day_of(since, zone)).days


def _no_more(ways: list[tuple[views.Journey, Drawn, int]]) -> bool:
    """Whether all rides are of another day than was asked for."""
    days = [days for journey, _, days in ways if any(leg.ride for leg in journey.legs)]
    return bool(days) and min(days) > 0


def _midnight(at: datetime, zone: tzinfo) -> datetime:
    """When its day began."""
    return at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _first_there(found: views.SearchJourneysResponse | None) -> datetime | None:
    return min((one.end_time for one in found.journeys if one.end_time), default=None) if found else None


def _left(found: views.SearchJourneysResponse | None, now: datetime) -> bool:
    """Whether some have left long since, for who asked for a time that has passed."""
    return found is not None and any(one.start_time and one.start_time <= now - _A_WHILE for one in found.journeys)


def _to_be_taken(found: views.SearchJourneysResponse, now: datetime) -> tuple[views.SearchJourneysResponse, bool]:
    """The answer with those that can be taken still, and whether any has left: who wants to have arrived by a time is
    told of the last ones before it, whenever they leave.
    """
    ahead = [one for one in found.journeys if one.start_time and one.start_time >= now]
    return msgspec.structs.replace(found, journeys=ahead), len(ahead) < len(found.journeys)


async def _asked(
    request: Request, asked: journeys_pb2.SearchJourneysRequest, sides: list[Side]
) -> tuple[views.SearchJourneysResponse | None, list[Side]]:
    """The answer; or which side is not known."""
    try:
        answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    except grpc.aio.AioRpcError as error:
        reason = from_grpc(error).reason
        side, _, _ = reason.partition("_")
        if side not in _REASONS:
            raise
        return None, [refused(one, reason) if number == _REASONS[side] else one for number, one in enumerate(sides)]
    return views.search_journeys_response(answer), sides


def _ends(found: views.SearchJourneysResponse | None, sides: list[Side]) -> list[str]:
    """What origin and destination are called."""
    places = (found.origin, found.destination) if found else (None, None)
    return [
        (place and place.name) or side.read or side.named or side.typed
        for place, side in zip(places, sides, strict=True)
    ]


def _refill(request: Request, sides: list[Side], name: str, place: str) -> str:
    """The address of the same question with another place in one of its fields."""
    query = {"dari": sides[0].typed, "ke": sides[1].typed}
    query |= {key: request.query_params.get(key, "") for key in ("waktu", "tiba", "akses")} | {name: place}
    return f"{PATH}?{urlencode({key: value for key, value in query.items() if value})}"


async def _stops(request: Request) -> list[stops_pb2.Stop]:
    """Stops to choose from, as the timetable itself calls them; of many the first by the alphabet."""
    stops: list[stops_pb2.Stop] = []
    asked = stops_pb2.ListStopsRequest(page_size=200)
    for _ in range(2):
        answer = await current_gateway(request).pillars.call(asked, current_caller(request))
        stops += answer.stops
        if not answer.next_page_token:
            break
        asked.page_token = answer.next_page_token
    return stops


def _names(city: City, stops: list[stops_pb2.Stop]) -> list[str]:
    """What can be written into the fields: stops, and the landmarks and kelurahan from which one walks to some."""
    spots = [(one.location.lat, one.location.lon) for one in stops if one.HasField("location")]
    return list(dict.fromkeys([*(one.name for one in stops), *reached(city, spots)]))
