"""What a search looks through: pages, e-services, permits, reports, places, days out, facilities, events and lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple
from urllib.parse import urlencode

from gateway.answers.addresses import below
from gateway.city.permitting import permitting_of
from gateway.portal.city.wanted import fits
from gateway.portal.kit.city_words import words_of
from gateway.portal.kit.texts import catalogue
from gateway.portal.living.known_places import known
from services.kit.city import City, EService
from smartcity.branding.v1 import destinations_views
from smartcity.branding.v1.city_events_pb2 import CityEvent
from smartcity.branding.v1.day_trips_pb2 import DayTrip
from smartcity.branding.v1.destinations_pb2 import Destination
from smartcity.living.v1 import facilities_views
from smartcity.living.v1.facilities_pb2 import Facility
from smartcity.living.v1.routes_views import Route

_WHAT_LINES_ARE = frozenset({"koridor", "corridor", "jalur", "line", "rute", "route", "trayek", "bus", "brt"})


class Find(NamedTuple):
    """Something that was found."""

    name: str
    href: str
    about: str = ""


class Findable(NamedTuple):
    """Something that may be found."""

    sort: str
    find: Find
    texts: Sequence[str]
    """Whose words lead to it."""
    anyway: bool = False
    """Whether it is meant although its texts may lack some of the words."""


class Told(NamedTuple):
    """What pillars have; None where nobody told it in time."""

    lines: Sequence[Route] | None
    sights: Sequence[Destination] | None
    events: Sequence[CityEvent] | None
    facilities: Sequence[Facility] | None
    trips: Sequence[DayTrip] | None


def findable(city: City, language: str, told: Told, wanted: Sequence[str]) -> Iterator[Findable]:
    """All of it, sort by sort as it is shown; but codes and stops, which are no matter of words alone."""
    yield from _of_city(city, language)
    yield from _places(city, language, told.sights or (), told.facilities or ())
    for one in told.trips or ():
        name, about = _either(language, one.name, one.name_en), _either(language, one.about, one.about_en)
        yield Findable("trips", Find(name, below("/wisata/rute", one.id)), (one.name, one.name_en, about))
    for each in told.events or ():
        said = each.content
        find = Find(_either(language, said.name, said.name_en), below("/wisata/acara", each.code), said.venue)
        yield Findable("events", find, (said.name, said.name_en))
    for line in told.lines or ():
        find = Find(f"{line.short_name} {line.long_name}".strip(), below("/transit/jalur", line.id))
        texts = (line.id, line.short_name, line.long_name)
        yield Findable("lines", find, texts, is_line(wanted, *texts))


def _of_city(city: City, language: str) -> Iterator[Findable]:
    """What the profile has."""
    for path, name, more in pages(city, language):
        yield Findable("pages", Find(name, path), (name, more))
    for service in city.services.values():
        find = Find(service.name, f"/layanan#{service.id}", service.purpose(language))
        yield Findable("services", find, _of_service(city, service, language))
    for kind in permitting_of(city).offered.values():
        find = Find(kind.name(language), f"/izin/jenis/{kind.id}", kind.about(language))
        yield Findable("permits", find, (find.name, find.about))
    for category in city.categories.values():
        find = Find(category.name(language), "/lapor")
        yield Findable("categories", find, (find.name, *category.keywords))


def _places(
    city: City, language: str, sights: Sequence[Destination], facilities: Sequence[Facility]
) -> Iterator[Findable]:
    """A landmark that is a place to visit or a facility is told as that alone, by whatever it is found."""
    kinds = {one.name: one.kind.replace("_", " ") for one in city.landmarks} if language == "en" else {}
    marks = {name: (name, kinds.get(name, "")) for name, _ in known(city)}
    plain: dict[str, tuple[str, ...]] = {}
    for name, texts in marks.items():
        plain[_plain(name)] = (*plain.get(_plain(name), ()), *texts)
    there = {_plain(one.name) for one in sights} | {_plain(one.name) for one in facilities}
    for name, texts in marks.items():
        if _plain(name) not in there:
            yield Findable("places", Find(name, f"/sekitar?{urlencode({'tempat': name})}"), texts)
    for sight in sights:
        find = Find(sight.name, below("/wisata/tempat", sight.code), sight.area.name)
        words = (*sight_words(sight, language), *plain.get(_plain(sight.name), ()))
        yield Findable("destinations", find, words)
    for one in facilities:
        kind = catalogue(language).get(f"facility_kind.{facilities_views.FACILITY_KIND_NAMES.get(one.kind, '')}", "")
        find = Find(one.name, below("/sekitar", one.code), " · ".join(filter(None, (kind, one.area.name))))
        yield Findable("facilities", find, (one.name, kind, *plain.get(_plain(one.name), ())))


def _either(language: str, text: str, english: str) -> str:
    """The English words for who reads English, where there are any."""
    return english if language == "en" and english else text


def sight_words(one: Destination, language: str) -> tuple[str, ...]:
    """By what a place to visit is found: its name, what sort of place it is, and what is said of it."""
    kind = catalogue(language).get(f"place_kind.{destinations_views.DESTINATION_KIND_NAMES.get(one.kind, '')}", "")
    return one.name, kind, _either(language, one.content.description, one.content.description_en)


def _plain(name: str) -> str:
    """A name without what stands in brackets. Example: Simpang Lima (Lapangan Pancasila) -> simpang lima"""
    return name.partition(" (")[0].casefold()


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


def matching(city: City, language: str, wanted: Sequence[str]) -> tuple[EService, ...]:
    """E-services that fit, by their name, purpose and agency, and by other words for them."""
    return tuple(each for each in city.services.values() if fits(wanted, _of_service(city, each, language)))


def _of_service(city: City, one: EService, language: str) -> Sequence[str]:
    return (one.name, one.purpose(language), city.agencies[one.agency].short, *one.keywords)


def is_line(wanted: Sequence[str], id_: str, short: str, long: str) -> bool:
    """Whether words name a line, also by what it is and its number. Example: koridor 1 -> K1"""
    kept = [word for word in wanted if word not in _WHAT_LINES_ARE] or list(wanted)
    number = "".join(filter(str.isdecimal, short))
    return fits(kept, (id_, short, long)) or (len(kept) == 1 and kept != list(wanted) and kept[0] == number)
