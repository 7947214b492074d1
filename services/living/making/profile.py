"""What a city's profile knows of its buses: ``transit.toml`` and the tables beside it. A mistake is named with its file
and line. A city without ``transit.toml`` has none.
"""

from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Sequence
from typing import Annotated, Any, Literal, TypeVar

from msgspec import Meta, Struct

from services.kit.city import City
from services.kit.city.files import CityError, Fault, Problems, Row, parse_table, read_optional, read_text, wrong_beside
from services.kit.city.model import Identifier, Latitude, Longitude, Text
from services.living.fares.terms import FARES, Fare, faults

FILE = "transit.toml"
STOPS, STOPS_OSM = "transit_stops.csv", "transit_stops_osm.csv"
ROUTES, ROUTE_STOPS = "transit_routes.csv", "transit_route_stops.csv"

Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9]{1,20}$")]
Clock = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-9]):[0-5][0-9]$")]
T = TypeVar("T", bound=Struct)


class Operator(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who runs the buses."""

    id: Identifier
    name: Text
    url: Annotated[str, Meta(pattern=r"^https?://[^\s]+$")]
    language: Annotated[str, Meta(pattern=r"^[a-z]{2}$")]


class Estimates(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By what run times are estimated: metres of road for each of the straight line, speed, and seconds at a stop."""

    detour: Annotated[float, Meta(ge=1, le=3)]
    speed_kmh: Annotated[float, Meta(gt=1, le=100)]
    dwell_s: Annotated[int, Meta(ge=0, le=600)]


class Medium(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a fare is paid."""

    id: Identifier
    name: Text
    kind: Literal["none", "paper", "card", "bank-card", "app"]


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``transit.toml``."""

    agency: Operator
    estimates: Estimates
    media: tuple[Medium, ...] = ()
    operators: tuple[Identifier, ...] = ()
    """Agencies of the city whose officers keep vehicles, by their ids in ``agencies.csv``."""
    importers: tuple[Identifier, ...] = ()
    """Agencies of the city whose officers import timetables."""
    runs: dict[Identifier, tuple[str, ...]] = {}
    """Of these, whose lines their vehicles drive, by ``agency_id`` of the timetable; else those of ``agency.id``."""


def strange(key: str, named: Iterable[str], city: City) -> Iterator[Fault]:
    """What a setting names that is no agency of the city."""
    for agency in named:
        if agency not in city.agencies:
            yield ((key,), f'agency "{agency}" is unknown', "name some of agencies.csv")


class Stop(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stop; two whose ids differ in a last A and B are the two sides of one name."""

    stop: Name
    name: Text
    lat: Latitude
    lon: Longitude
    approximate: bool
    """Whether the point stands in for the stop's own."""
    source: Text


class Route(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A route: when its first and last buses leave, and how many minutes lie between two."""

    route: Name
    kind: Text
    name: Text
    first: Clock
    last: Clock
    headway_min: Annotated[int, Meta(ge=1, le=240)]
    headway_range: str = ""
    verified: bool
    """Whether hours and headway were read of this very route."""


class RouteStop(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stop of a route in one direction."""

    route: Name
    direction: Literal[0, 1]
    seq: Annotated[int, Meta(ge=1, le=1000)]
    stop: Name


class Network(Struct, frozen=True, kw_only=True):
    """All that is known of a city's buses."""

    settings: Settings
    stops: tuple[Stop, ...]
    of_osm: bool
    """Whether a stop of them is where OpenStreetMap has it, which asks to be named."""
    routes: tuple[Route, ...]
    ways: dict[tuple[str, int], tuple[str, ...]]
    """Stops in order, by route and direction."""
    fares: tuple[Fare, ...]
    """Those that hold until they are changed: GTFS has no days for fares."""


def network_of(city: City) -> Network | None:
    """The buses of a city; None where it names none. Raises CityError that lists all that is wrong."""
    try:
        settings = read_optional(city.folder, FILE, Settings, lambda _: ())
    except CityError as error:
        raise wrong_beside(error, lambda: _read(city, None)) from error
    return _read(city, settings) if settings is not None else None


def _read(city: City, settings: Settings | None) -> Network | None:
    """The tables with the settings; without these, since they are wrong, only what the tables say is checked."""
    problems = Problems(f"{city.folder.parent.name}/{city.folder.name}")

    def read(file: str, of: type[T], key: Callable[[Any], Hashable]) -> list[Row[T]]:
        text = read_text(city.folder / file, problems) if (city.folder / file).exists() else ""
        found = parse_table(file, text, of, problems) if text else []
        _unique(file, found, key, problems)
        return found

    def rows(file: str, of: type[T], key: Callable[[Any], Hashable]) -> list[T]:
        return [row.value for row in read(file, of, key)]

    of_osm = read(STOPS_OSM, Stop, lambda one: one.stop)
    own = rows(STOPS, Stop, lambda one: one.stop)
    stops = [*own, *(row.value for row in of_osm)]
    routes = rows(ROUTES, Route, lambda one: one.route)
    calls = rows(ROUTE_STOPS, RouteStop, lambda one: (one.route, one.direction, one.seq))
    fares = rows(FARES, Fare, lambda one: (one.rider, one.medium, one.since))
    _apart(of_osm, {one.stop for one in own}, problems)
    named = {one.stop for one in stops}
    for call in calls:
        if call.stop not in named:
            problems.add(ROUTE_STOPS, 1, f'"{call.stop}" is no stop', f"name one of {STOPS} or {STOPS_OSM}")
        if call.route not in {one.route for one in routes}:
            problems.add(ROUTE_STOPS, 1, f'"{call.route}" is no route', f"name one of {ROUTES}")
    for fare in fares:
        for message, remedy in faults(fare, fares):
            problems.add(FARES, 1, message, remedy)
        if settings and fare.medium and fare.medium not in {one.id for one in settings.media}:
            problems.add(FARES, 1, f'"{fare.medium}" is no medium', f"name one of {FILE}")
    problems.raise_if_any()
    if settings is None:
        return None
    return Network(
        settings=settings,
        stops=tuple(sorted(stops, key=lambda one: one.stop)),
        of_osm=bool(of_osm),
        routes=tuple(routes),
        ways=_ways(calls),
        fares=tuple(one for one in fares if one.until is None),
    )


def _unique(file: str, rows: Sequence[Row[T]], key: Callable[[T], Hashable], problems: Problems) -> None:
    seen: set[Hashable] = set()
    for row in rows:
        if (of := key(row.value)) in seen:
            problems.add(file, row.line, f"{of!r} is there twice", "remove one")
        seen.add(of)


def _apart(of_osm: Sequence[Row[Stop]], own: Container[str], problems: Problems) -> None:
    for row in of_osm:
        if row.value.stop in own:
            problems.add(STOPS_OSM, row.line, f'"{row.value.stop}" is in {STOPS} too', "remove one")


def _ways(calls: Sequence[RouteStop]) -> dict[tuple[str, int], tuple[str, ...]]:
    found: dict[tuple[str, int], list[str]] = {}
    for call in sorted(calls, key=lambda one: (one.route, one.direction, one.seq)):
        way = found.setdefault((call.route, call.direction), [])
        if way[-1:] != [call.stop]:
            way.append(call.stop)
    return {key: tuple(way) for key, way in found.items() if len(way) > 1}
