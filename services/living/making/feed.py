"""The feed of a city's buses, made of its profile: times by distance, headways as they are told, straight lines.

It says so itself: ``feed_version`` begins with "perkiraan", stop times are approximate (timepoint 0), shapes are called
"garis-lurus" (straight line), attributions name what is estimated, and approximate places are described as such.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import IO, Any

from services.kit.city import City
from services.living.feeds.model import MADE_UP, distance_m
from services.living.gtfs.values import clock, decimals
from services.living.making.profile import Network, Route, Stop

_EPOCH = (1980, 1, 1, 0, 0, 0)
_SERVICE, _FARES, _RIDE = "setiap-hari", "trans", "sekali-jalan"
_OSM = "https://www.openstreetmap.org/copyright"
_MEDIA = {"none": 0, "paper": 1, "card": 2, "bank-card": 3, "app": 4}
_PLACE = ("Letak halte ini perkiraan.", "The place of this stop is an estimate.")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Rows = Iterable[Sequence[object]]


def write(network: Network, city: City, year: int, into: IO[bytes]) -> None:
    """Writes the feed for a year and the next as a zip, always the same of the same profile."""
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, columns, rows in _files(network, city, year):
            text = io.StringIO(newline="")
            writer = csv.writer(text, lineterminator="\n")
            writer.writerow(columns.split())
            writer.writerows(rows)
            entry = zipfile.ZipInfo(f"{name}.txt", _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, text.getvalue())
    into.flush()


def _files(network: Network, city: City, year: int) -> Iterator[tuple[str, str, Rows]]:
    agency = network.settings.agency
    zone = str(city.timezone)
    calls = list(_calls(network))
    days = (f"{year}0101", f"{year + 1}1231")
    yield (
        "agency",
        "agency_id agency_name agency_url agency_timezone agency_lang",
        [(agency.id, agency.name, agency.url, zone, agency.language)],
    )
    columns = "feed_publisher_name feed_publisher_url feed_lang feed_start_date feed_end_date feed_version"
    publisher = f"{city.name_id}: perkiraan dari profil kota, bukan jadwal resmi"
    info = (publisher, agency.url, agency.language, *days, f"{MADE_UP}-{year}", agency.url)
    yield "feed_info", f"{columns} feed_contact_url", [info]
    columns = "stop_id stop_name stop_desc stop_lat stop_lon location_type parent_station"
    yield "stops", columns, _stops(network)
    yield (
        "routes",
        "route_id agency_id route_short_name route_long_name route_type",
        [(one.route, agency.id, one.route, one.name, 3) for one in network.routes],
    )
    columns = f"service_id {' '.join(_DAYS)} start_date end_date"
    yield "calendar", columns, [(_SERVICE, *[1] * 7, *days)]
    columns = "route_id service_id trip_id trip_headsign direction_id shape_id"
    yield "trips", columns, _trips(network)
    columns = "trip_id arrival_time departure_time stop_id stop_sequence shape_dist_traveled timepoint"
    yield "stop_times", columns, calls
    yield "frequencies", "trip_id start_time end_time headway_secs exact_times", _frequencies(network)
    columns = "shape_id shape_pt_lat shape_pt_lon shape_pt_sequence shape_dist_traveled"
    yield "shapes", columns, _shapes(network)
    yield from _fares(network, city)
    yield (
        "translations",
        "table_name field_name language translation field_value",
        [("stops", "stop_desc", "en", _PLACE[1], _PLACE[0])],
    )
    columns = "attribution_id organization_name is_producer is_operator is_authority attribution_url"
    guess = (
        "Perkiraan, bukan data resmi: waktu tempuh, jam, selang waktu, garis lurus antarhalte, dan letak sebagian halte"
    )
    osm = ("osm", "© OpenStreetMap contributors, ODbL 1.0 (sebagian besar letak halte)", 1, 0, 0, _OSM)
    yield "attributions", columns, [("perkiraan", guess, 1, 0, 0, ""), *([osm] if network.of_osm else [])]


def _sides(network: Network) -> dict[str, list[Stop]]:
    """Stops that are the two sides of one name, by the name of both."""
    found: dict[str, list[Stop]] = {}
    for one in network.stops:
        if one.stop[-1] in "AB":
            found.setdefault(one.stop[:-1], []).append(one)
    return {name: sides for name, sides in found.items() if len(sides) == 2 and len({one.name for one in sides}) == 1}


def _stops(network: Network) -> Iterator[Sequence[object]]:
    sides = _sides(network)
    for name, (one, other) in sides.items():
        lat, lon = (one.lat + other.lat) / 2, (one.lon + other.lon) / 2
        text = _PLACE[0] if one.approximate or other.approximate else ""
        yield name, one.name, text, f"{lat:.6f}", f"{lon:.6f}", 1, ""
    for one in network.stops:
        text = _PLACE[0] if one.approximate else ""
        yield one.stop, one.name, text, one.lat, one.lon, 0, one.stop[:-1] if one.stop[:-1] in sides else ""


def _trips(network: Network) -> Iterator[Sequence[object]]:
    names = {one.stop: one.name for one in network.stops}
    routes = {one.route: one for one in network.routes}
    for (route, direction), way in network.ways.items():
        headsign = routes[route].name if way[0] == way[-1] else names[way[-1]]
        yield route, _SERVICE, _trip(route, direction), headsign, direction, _shape(route, direction)


def _trip(route: str, direction: int) -> str:
    return f"{route}-{direction}"


def _shape(route: str, direction: int) -> str:
    return f"garis-lurus-{route}-{direction}"


def _distances(network: Network, way: Sequence[str]) -> list[float]:
    """Metres along the straight lines from the first stop to each."""
    by_id = {one.stop: one for one in network.stops}
    found = [0.0]
    for name, after in pairwise(way):
        one, other = by_id[name], by_id[after]
        found.append(found[-1] + max(1.0, distance_m(one.lat, one.lon, other.lat, other.lon)))
    return found


def _calls(network: Network) -> Iterator[Sequence[object]]:
    """A pattern for each route and direction, as if it began with the first bus; a headway repeats it."""
    guesses = network.settings.estimates
    starts = {one.route: _seconds(one.first) for one in network.routes}
    metres_a_second = guesses.speed_kmh / 3.6
    for (route, direction), way in network.ways.items():
        last = len(way) - 1
        for place, (stop, metres) in enumerate(zip(way, _distances(network, way), strict=True)):
            arrival = starts[route] + round(metres * guesses.detour / metres_a_second)
            arrival += guesses.dwell_s * max(0, place - 1)
            departure = arrival + (guesses.dwell_s if 0 < place < last else 0)
            times = (clock(arrival), clock(departure))
            yield _trip(route, direction), *times, stop, place + 1, f"{metres:.1f}", 0


def _frequencies(network: Network) -> Iterator[Sequence[object]]:
    """By headway, not to the minute. The last bus still leaves: service ceases a second after it, which pages leave out
    as they do all seconds, so that it is the same minute wherever it is told."""
    routes: dict[str, Route] = {one.route: one for one in network.routes}
    for route, direction in network.ways:
        one = routes[route]
        ends = clock(_seconds(one.last) + 1)
        yield _trip(route, direction), clock(_seconds(one.first)), ends, one.headway_min * 60, 0


def _seconds(text: str) -> int:
    return int(text[:2]) * 3600 + int(text[3:]) * 60


def _shapes(network: Network) -> Iterator[Sequence[object]]:
    by_id = {one.stop: one for one in network.stops}
    for (route, direction), way in network.ways.items():
        for place, (name, metres) in enumerate(zip(way, _distances(network, way), strict=True), 1):
            one = by_id[name]
            yield _shape(route, direction), one.lat, one.lon, place, f"{metres:.1f}"


def _fares(network: Network, city: City) -> Iterator[tuple[str, str, Rows]]:
    """What a ride costs: in version 1 for those without a class, in version 2 by class and medium."""
    if not network.fares:
        return
    settings, currency = network.settings, city.currency
    riders = list(dict.fromkeys((one.rider, one.name) for one in network.fares))
    usual = riders[0][0]
    products = [
        (_RIDE, "Sekali jalan", f"{one.amount:.{decimals(currency)}f}", currency, one.medium, one.rider)
        for one in network.fares
    ]
    columns = "fare_id price currency_type payment_method transfers agency_id"
    yield (
        "fare_attributes",
        columns,
        [
            (f"{one.rider}-{one.medium or 'semua'}", f"{one.amount:.2f}", currency, 0, 0, settings.agency.id)
            for one in network.fares
            if one.rider == usual
        ],
    )
    yield (
        "rider_categories",
        "rider_category_id rider_category_name is_default_fare_category",
        [(rider, name, int(rider == usual)) for rider, name in riders],
    )
    media: list[tuple[Any, ...]] = [(one.id, one.name, _MEDIA[one.kind]) for one in settings.media]
    yield "fare_media", "fare_media_id fare_media_name fare_media_type", media
    columns = "fare_product_id fare_product_name amount currency fare_media_id rider_category_id"
    yield "fare_products", columns, products
    yield "networks", "network_id network_name", [(_FARES, settings.agency.name)]
    yield "route_networks", "network_id route_id", [(_FARES, one.route) for one in network.routes]
    yield "fare_leg_rules", "network_id fare_product_id", [(_FARES, _RIDE)]
