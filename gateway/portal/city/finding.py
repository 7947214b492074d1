"""One search over what people look for: e-services, permits, reports, places, days out, facilities, events, lines,
stops and pages, and what codes open.
"""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from urllib.parse import urlencode

import grpc.aio
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.answers.addresses import below
from gateway.callers.session import current_caller
from gateway.city.permitting import permitting_of
from gateway.gateway import current_gateway
from gateway.portal import opening
from gateway.portal.branding.all_destinations import all_destinations
from gateway.portal.kit.city_words import words_of
from gateway.portal.kit.page import PageRoute, render, texts_of
from gateway.portal.kit.texts import catalogue
from gateway.portal.living.all_facilities import all_facilities
from gateway.portal.living.all_lines import all_lines
from gateway.portal.living.known_places import bare, known
from gateway.portal.living.known_stops import stop_with
from services.kit.city import Category, City, EService
from services.kit.city.text import words
from services.kit.rpc.text import clean, piled
from smartcity.branding.v1 import city_events_pb2, day_trips_pb2, destinations_views
from smartcity.branding.v1.day_trips_pb2 import DayTrip
from smartcity.branding.v1.destinations_pb2 import Destination
from smartcity.living.v1 import facilities_views, stops_pb2
from smartcity.living.v1.facilities_pb2 import Facility
from smartcity.living.v1.routes_views import Route

router = APIRouter(route_class=PageRoute, include_in_schema=False)
MOST = 8
"""Finds of a sort that are shown."""
LETTERS = 100
"""Of what was typed; the rest is cut off."""
MOST_WORDS = 10
ALONE = 3
"""Letters of a word that is looked for alone, where nothing fits all of them."""
_WHAT_LINES_ARE = frozenset({"koridor", "corridor", "jalur", "line", "rute", "route", "trayek", "bus", "brt"})
_ID = re.compile("[A-Za-z0-9_.-]{2,40}")
"""What may be the id of a stop."""
MOST_EVENTS = 200
"""Events that are looked through: those to come first, then those that were entered first."""
PATIENCE_S = 1.0
"""How long lines, stops, facilities, places to visit, days out and events are waited for: all else is there at once."""


@dataclass(frozen=True)
class Find:
    """Something that was found."""

    name: str
    href: str
    about: str = ""


@router.get("/cari")
async def find(request: Request, q: str = "") -> Response:
    """What fits each word that was typed, else some, by its sort; what pillars have where they tell it in time."""
    typed = letters(q)
    if not typed:
        return render(request, "city/find.html", q="", groups=None, some_away=False)
    language, city = texts_of(request).language, current_gateway(request).city
    wanted = wanted_of(typed)
    stops, lines, sights, events, facilities, trips = await asyncio.gather(
        _stops(request, typed), _lines(request), _destinations(request), _events(request), _facilities(request),
        _trips(request),
    )  # fmt: skip
    by_words = partial(_groups, city, language, lines or (), sights or (), events or (), facilities or (), trips or ())
    groups = {
        "codes": [Find(code, path) for _, code, path in opening(city.code_prefix, typed)],
        **by_words(wanted),
        "stops": told_apart(city, stops or ()),
    }
    found = {sort: sorted(each, key=lambda one: not whole(wanted, one.name)) for sort, each in groups.items() if each}
    # A stop is found by likeness: one that lacks a word hides nothing that has some.
    fitting = found.keys() - {"stops"} or any(fits(wanted_of(bare(typed)), (one.name,)) for one in groups["stops"])
    some = {} if fitting or len(wanted) < 2 else merged([by_words((word,)) for word in wanted if len(word) >= ALONE])
    return render(
        request, "city/find.html", q=typed, groups=some | found, some_words=bool(some), most=MOST,
        some_away=None in (stops, lines, sights, events, facilities, trips),
    )  # fmt: skip


def _groups(
    city: City,
    language: str,
    lines: Sequence[Route],
    sights: Sequence[Destination],
    events: Sequence[city_events_pb2.CityEvent],
    facilities: Sequence[Facility],
    trips: Sequence[DayTrip],
    wanted: Sequence[str],
) -> dict[str, list[Find]]:
    """What fits each of these words, by its sort: all but codes and stops, which are no matter of words alone."""
    kinds = {one.name: one.kind.replace("_", " ") for one in city.landmarks} if language == "en" else {}
    marks = [name for name, _ in known(city) if fits(wanted, (name, kinds.get(name, "")))]
    # A landmark that is a place to visit is told as that, with its page, whatever it was found by.
    same = {_plain(name) for name in marks}
    sought = [one for one in sights if _plain(one.name) in same or fits(wanted, sight_words(one, language))]
    near = [(one, kind) for one in facilities if fits(wanted, (one.name, kind := _kind_of(one, language)))]
    visited = {_plain(one.name) for one in sought} | {_plain(one.name) for one, _ in near}
    return {
        "pages": [Find(name, path) for path, name, more in pages(city, language) if fits(wanted, (name, more))],
        "services": [_service(each, language) for each in matching(city, language, wanted)],
        "permits": [
            Find(each.name(language), f"/izin/jenis/{each.id}", each.about(language))
            for each in permitting_of(city).offered.values()
            if fits(wanted, (each.name(language), each.about(language)))
        ],
        "categories": [
            Find(each.name(language), "/lapor")
            for each in city.categories.values()
            if fits(wanted, _of_category(each, language))
        ],
        "places": [
            Find(name, f"/sekitar?{urlencode({'tempat': name})}") for name in marks if _plain(name) not in visited
        ],
        "destinations": [
            Find(one.name, below("/wisata/tempat", one.code), one.area.name)
            for one in sorted(sought, key=lambda one: not fits(wanted, (one.name,)))
        ],
        "trips": [
            Find(_either(language, one.name, one.name_en), below("/wisata/rute", one.id))
            for one in trips
            if fits(wanted, (one.name, one.name_en, _either(language, one.about, one.about_en)))
        ],
        "facilities": [
            Find(one.name, below("/sekitar", one.code), " · ".join(filter(None, (kind, one.area.name))))
            for one, kind in near
        ],
        "events": [
            Find(
                _either(language, said.name, said.name_en),
                below("/wisata/acara", one.code),
                said.venue,
            )
            for one in events
            if fits(wanted, ((said := one.content).name, said.name_en))
        ],
        "lines": [
            Find(f"{one.short_name} {one.long_name}".strip(), below("/transit/jalur", one.id))
            for one in lines
            if is_line(wanted, one.id, one.short_name, one.long_name)
        ],
    }


def _either(language: str, text: str, english: str) -> str:
    """The English words for who reads English, where there are any."""
    return english if language == "en" and english else text


def sight_words(one: Destination, language: str) -> tuple[str, ...]:
    """By what a place to visit is found: its name, what sort of place it is, and what is said of it."""
    kind = catalogue(language).get(f"place_kind.{destinations_views.DESTINATION_KIND_NAMES.get(one.kind, '')}", "")
    return one.name, kind, _either(language, one.content.description, one.content.description_en)


def _kind_of(one: Facility, language: str) -> str:
    """What sort of facility it is, in the reader's language; empty where a later version knows more sorts."""
    return catalogue(language).get(f"facility_kind.{facilities_views.FACILITY_KIND_NAMES.get(one.kind, '')}", "")


def _plain(name: str) -> str:
    """A name without what stands in brackets. Example: Simpang Lima (Lapangan Pancasila) -> simpang lima"""
    return name.partition(" (")[0].casefold()


def merged(by_word: Iterable[Mapping[str, Sequence[Find]]]) -> dict[str, list[Find]]:
    """What fits some of the words: what more of them lead to comes first."""
    times: dict[str, Counter[Find]] = {}
    for groups in by_word:
        for sort, finds in groups.items():
            times.setdefault(sort, Counter()).update(finds)
    return {sort: [one for one, _ in count.most_common()] for sort, count in times.items() if count}


def pages(city: City, language: str) -> tuple[tuple[str, str, str], ...]:
    """Pages that say how they are found, in their own texts below ``find."<address>"``: address, name, other words.

    Buses bear the city's name in most cities, so it may be one of the words; the page of emergencies is named by the
    number that it has today, and none where it runs none.
    """
    return _named(city, language, words_of(city, language).emergency_phone)


@cache
def _named(city: City, language: str, phone: str) -> tuple[tuple[str, str, str], ...]:
    said, dispatches = catalogue(language), words_of(city, language).dispatches
    known = {"city": city.name(language), "phone": phone}
    paths = [key.removeprefix("find.").removesuffix(".name") for key in said if key.startswith("find./")]
    return tuple(
        (path, said[f"find.{path}.name"].format(**known), said[f"find.{path}.words"].format(**known))
        for path in dict.fromkeys(path.removesuffix(".words") for path in paths)
        if path != "/112" or dispatches
    )


def letters(typed: str) -> str:
    """What was typed, as it is looked for and shown again."""
    plain = unicodedata.normalize("NFKC", clean(typed[: 4 * LETTERS]))  # a letter can stand for eighteen
    plain = " ".join(plain.split())[:LETTERS]
    return "" if piled(plain) else plain


def wanted_of(typed: str) -> Sequence[str]:
    """The words that are looked for, worked out once for all that may fit."""
    return words(typed)[:MOST_WORDS]


def fits(wanted: Sequence[str], among: Iterable[str]) -> bool:
    """Whether each of these words begins one of those; without a word nothing does."""
    there = _words(" ".join(among))
    return bool(wanted) and all(any(one.startswith(word) for one in there) for word in wanted)


def whole(wanted: Sequence[str], name: str) -> bool:
    """Whether each of the words that are looked for stands in a name as it is: such finds come first."""
    return set(wanted) <= set(_words(name))


@lru_cache(maxsize=2_048)
def _words(text: str) -> Sequence[str]:
    return words(text)


def matching(city: City, language: str, wanted: Sequence[str]) -> tuple[EService, ...]:
    """E-services that fit, by their name, purpose and agency, and by other words for them."""
    return tuple(
        each
        for each in city.services.values()
        if fits(wanted, (each.name, each.purpose(language), city.agencies[each.agency].short, *each.keywords))
    )


def _service(one: EService, language: str) -> Find:
    return Find(one.name, f"/layanan#{one.id}", one.purpose(language))


def _of_category(one: Category, language: str) -> tuple[str, ...]:
    return (one.name(language), *one.keywords)


async def _lines(request: Request) -> list[Route] | None:
    """All lines; None where nobody tells in time."""
    try:
        return await all_lines(request, within=PATIENCE_S, retry=False)
    except (grpc.aio.AioRpcError, TimeoutError):
        return None


def is_line(wanted: Sequence[str], id_: str, short: str, long: str) -> bool:
    """Whether words name a line, also by what it is and its number. Example: koridor 1 -> K1"""
    kept = [word for word in wanted if word not in _WHAT_LINES_ARE] or list(wanted)
    number = "".join(filter(str.isdecimal, short))
    return fits(kept, (id_, short, long)) or (len(kept) == 1 and kept != list(wanted) and kept[0] == number)


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
