"""The rows of each table but the stop times, as they are stored. It imports NumPy."""

from collections.abc import Iterable, Iterator

import numpy as np

from services.living.feeds.model import folded
from services.living.gtfs import calendars
from services.living.gtfs.checking import Checked
from services.living.gtfs.feed import FeedTables
from services.living.gtfs.values import MISSING
from services.living.imports.fares import FARES
from services.living.imports.fields import Row, Rows, agency_of, day_of, given, number_of, numbered, or_zero, plain
from services.living.imports.ways import Key, Way, route_stops, ways


def rows(checked: Checked) -> Iterator[tuple[str, str, Iterable[Row]]]:
    """Each table with its columns behind the feed's number, and its rows."""
    feed = checked.feed
    for table, columns, of in (*_PLAIN, *FARES):
        yield table, columns, of(feed)
    found = ways(checked)
    yield "route_stop", "route direction position stop trips", route_stops(found)
    yield "route_direction", "route direction headsign trips shape headway", _directions(feed, found)
    yield "stop_headsign", "trip sequence headsign", _headsigns(checked)
    yield "shape", "number id lats lons distances", _shapes(checked)


def _agencies(feed: FeedTables) -> Iterator[Row]:
    columns = ("agency_name", "agency_url", "agency_timezone", "agency_lang", "agency_phone", "agency_fare_url")
    yield from numbered(feed, "agency", "agency_id", *columns, "agency_email")


def _stops(feed: FeedTables) -> Iterator[Row]:
    columns = ("stop_id", "stop_code", "stop_name", "tts_stop_name", "stop_desc", "stop_lat", "stop_lon", "zone_id")
    more = ("stop_url", "location_type", "parent_station", "stop_timezone", "wheelchair_boarding", "level_id")
    for row in numbered(feed, "stops", *columns, *more, "platform_code", "stop_access"):
        number, name, code, words, spoken, text, lat, lon, zone, url, kind, parent, clock, chair, *rest = row
        level, platform, access = rest
        place = (number_of(lat), number_of(lon), zone, url, or_zero(kind), feed.stops.get(parent), clock)
        yield (
            number,
            name,
            code,
            words,
            folded(words),
            spoken,
            text,
            *place,
            or_zero(chair),
            level,
            platform,
            given(access),
        )


def _routes(feed: FeedTables) -> Iterator[Row]:
    columns = ("route_id", "agency_id", "route_short_name", "route_long_name", "route_desc", "route_type", "route_url")
    of_route = dict(row[1:] for row in feed["route_networks"].rows("route_id", "network_id"))
    for row in numbered(feed, "routes", *columns, "route_color", "route_text_color", "route_sort_order", "network_id"):
        number, name, agency, short, long, text, kind, url, color, text_color, place, network = row
        last = place if place != MISSING else 2**31 - 1
        kind = kind if kind != MISSING else 3
        names = (short, long, text, kind, url, color or "FFFFFF", text_color or "000000", last)
        yield number, name, agency_of(feed, agency), *names, network or of_route.get(name, "")


def _services(feed: FeedTables) -> Iterator[Row]:
    known = {service: (mask, first, last) for service, mask, first, last, _ in calendars.weekdays(feed)}
    for service, number in feed.services.items():
        mask, first, last = known.get(service, (0, MISSING, MISSING))
        yield number, service, mask, day_of(first), day_of(last)


def _exceptions(feed: FeedTables) -> Iterator[Row]:
    for _, service, day, kind in feed["calendar_dates"].rows("service_id", "date", "exception_type"):
        if kind != MISSING:
            yield feed.services[service], day_of(day), kind == 1


def _trips(feed: FeedTables) -> Iterator[Row]:
    columns = ("trip_id", "route_id", "service_id", "trip_headsign", "trip_short_name", "direction_id", "block_id")
    more = ("shape_id", "wheelchair_accessible", "bikes_allowed", "cars_allowed")
    for row in numbered(feed, "trips", *columns, *more):
        number, name, route, service, headsign, short, direction, block, shape, *allowed = row
        of = (feed.routes[route], feed.services[service], headsign, short, or_zero(direction), block)
        yield number, name, *of, feed.shapes.get(shape), *map(or_zero, allowed)


def _frequencies(feed: FeedTables) -> Iterator[Row]:
    columns = ("trip_id", "start_time", "end_time", "headway_secs", "exact_times")
    for _, trip, start, end, headway, exact in feed["frequencies"].rows(*columns):
        yield feed.trips[trip], start, end, headway, exact == 1


def _transfers(feed: FeedTables) -> Iterator[Row]:
    columns = ("from_stop_id", "to_stop_id", "from_route_id", "to_route_id", "from_trip_id", "to_trip_id")
    for number, *names, kind, seconds in numbered(feed, "transfers", *columns, "transfer_type", "min_transfer_time"):
        of = zip((feed.stops, feed.stops, feed.routes, feed.routes, feed.trips, feed.trips), names, strict=True)
        yield number, *(known.get(name) for known, name in of), or_zero(kind), given(seconds)


def _pathways(feed: FeedTables) -> Iterator[Row]:
    columns = ("pathway_id", "from_stop_id", "to_stop_id", "pathway_mode", "is_bidirectional", "length")
    more = ("traversal_time", "stair_count", "max_slope", "min_width", "signposted_as", "reversed_signposted_as")
    for row in numbered(feed, "pathways", *columns, *more):
        number, name, start, end, mode, both, length, seconds, stairs, slope, width, *signs = row
        ends = (feed.stops[start], feed.stops[end], max(1, mode), both == 1)
        yield (
            number,
            name,
            *ends,
            number_of(length),
            given(seconds),
            given(stairs),
            number_of(slope),
            number_of(width),
            *signs,
        )


def _translations(feed: FeedTables) -> Iterator[Row]:
    columns = ("table_name", "field_name", "language", "translation", "record_id", "record_sub_id", "field_value")
    yield from numbered(feed, "translations", *columns)


def _attributions(feed: FeedTables) -> Iterator[Row]:
    columns = ("attribution_id", "organization_name", "agency_id", "route_id", "trip_id")
    roles = ("is_producer", "is_operator", "is_authority")
    for row in numbered(
        feed, "attributions", *columns, *roles, "attribution_url", "attribution_email", "attribution_phone"
    ):
        number, name, words, agency, route, trip, *more = row
        of = (feed.agencies.get(agency), feed.routes.get(route), feed.trips.get(trip))
        yield number, name, words, *of, *(role == 1 for role in more[:3]), *more[3:]


_PLAIN: tuple[tuple[str, str, Rows], ...] = (
    ("agency", "number id name url timezone language phone fare_url email", _agencies),
    (
        "stop",
        "number id code name folded spoken description lat lon zone url kind parent timezone wheelchair level platform"
        " access",
        _stops,
    ),
    (
        "route",
        "number id agency short_name long_name description kind url color text_color place network",
        _routes,
    ),
    ("service", "number id days first_day last_day", _services),
    ("service_exception", "service day runs", _exceptions),
    (
        "trip",
        "number id route service headsign short_name direction block shape wheelchair bikes cars",
        _trips,
    ),
    ("frequency", "trip start_time end_time headway exact", _frequencies),
    ("transfer", "number from_stop to_stop from_route to_route from_trip to_trip kind seconds", _transfers),
    ("level", "id index name", plain("levels", "level_id", "level_index", "level_name")),
    (
        "pathway",
        "number id from_stop to_stop mode both_ways length seconds stairs slope width signposted signposted_back",
        _pathways,
    ),
    ("translation", "number about field language translation record sub_record value", _translations),
    (
        "attribution",
        "number id organization agency route trip producer operator authority url email phone",
        _attributions,
    ),
)


def _directions(feed: FeedTables, found: dict[Key, Way]) -> Iterator[Row]:
    for (route, direction), way in found.items():
        headsign = max(way.headsigns, key=lambda one: (way.headsigns[one], one), default="")
        shape = max(way.shapes, key=lambda one: (way.shapes[one], one), default="")
        yield route, direction, headsign, way.trips, feed.shapes.get(shape), way.by_headway * 2 > way.trips


def _headsigns(checked: Checked) -> Iterator[Row]:
    calls, headsigns = checked.calls, checked.feed["stop_times"].text("stop_headsign")
    if not checked.feed["stop_times"].has("stop_headsign"):
        return
    for row, trip, sequence in zip(calls.row.tolist(), calls.trip.tolist(), calls.sequence.tolist(), strict=True):
        if headsigns[row]:
            yield trip, sequence, headsigns[row]


def _shapes(checked: Checked) -> Iterator[Row]:
    points, ids = checked.points, list(checked.feed.shapes)
    for begin, end in zip(points.first.tolist(), points.last.tolist(), strict=True):
        of = slice(begin, end + 1)
        number = int(points.shape[begin])
        said = not np.isnan(points.distance[of]).any()
        distances = _array(points.distance[of].tolist()) if said else None
        yield number, ids[number], _array(points.lat[of].tolist()), _array(points.lon[of].tolist()), distances


def _array(values: list[float]) -> str:
    """Numbers as PostgreSQL reads an array: adapting a list takes ten times as long."""
    return "{" + ",".join(map(repr, values)) + "}"
