"""The rows of the fares, as they are stored."""

from collections.abc import Iterator

from services.living.gtfs.feed import FeedTables
from services.living.imports.fields import Row, Rows, agency_of, given, numbered, or_zero, plain


def _fare_attributes(feed: FeedTables) -> Iterator[Row]:
    columns = ("fare_id", "price", "currency_type", "payment_method", "transfers", "agency_id", "transfer_duration")
    for _, name, price, currency, payment, transfers, agency, seconds in feed["fare_attributes"].rows(*columns):
        yield name, price, currency, or_zero(payment), given(transfers), agency_of(feed, agency), given(seconds)


def _fare_rules(feed: FeedTables) -> Iterator[Row]:
    columns = ("fare_id", "route_id", "origin_id", "destination_id", "contains_id")
    for number, fare, route, *zones in numbered(feed, "fare_rules", *columns):
        yield number, fare, feed.routes.get(route), *zones


def _area_stops(feed: FeedTables) -> Iterator[Row]:
    for _, area, stop in feed["stop_areas"].rows("area_id", "stop_id"):
        yield area, feed.stops[stop]


def _network_routes(feed: FeedTables) -> Iterator[Row]:
    for _, route, network in feed["route_networks"].rows("route_id", "network_id"):
        yield feed.routes[route], network
    if not feed["route_networks"]:
        for _, route, network in feed["routes"].rows("route_id", "network_id"):
            if network:
                yield feed.routes[route], network


def _timeframes(feed: FeedTables) -> Iterator[Row]:
    columns = ("timeframe_group_id", "start_time", "end_time", "service_id")
    for number, name, start, end, service in numbered(feed, "timeframes", *columns):
        yield number, name, given(start), given(end), feed.services[service]


def _riders(feed: FeedTables) -> Iterator[Row]:
    columns = ("rider_category_id", "rider_category_name", "is_default_fare_category", "eligibility_url")
    for _, name, words, usual, url in feed["rider_categories"].rows(*columns):
        yield name, words, usual == 1, url


def _media(feed: FeedTables) -> Iterator[Row]:
    for _, name, words, kind in feed["fare_media"].rows("fare_media_id", "fare_media_name", "fare_media_type"):
        yield name, words, or_zero(kind)


def _products(feed: FeedTables) -> Iterator[Row]:
    columns = ("fare_product_id", "fare_product_name", "amount", "currency", "fare_media_id", "rider_category_id")
    yield from numbered(feed, "fare_products", *columns)


def _leg_rules(feed: FeedTables) -> Iterator[Row]:
    """An empty priority is 0; none is given where there is no such column, which changes what empty fields mean."""
    columns = ("leg_group_id", "network_id", "from_area_id", "to_area_id", "from_timeframe_group_id")
    more = ("to_timeframe_group_id", "fare_product_id", "rule_priority")
    ranked = feed["fare_leg_rules"].has("rule_priority")
    for *row, priority in numbered(feed, "fare_leg_rules", *columns, *more):
        yield *row, or_zero(priority) if ranked else None


def _join_rules(feed: FeedTables) -> Iterator[Row]:
    columns = ("from_network_id", "to_network_id", "from_stop_id", "to_stop_id")
    for number, start, end, *stops in numbered(feed, "fare_leg_join_rules", *columns):
        yield number, start, end, *(feed.stops.get(one) for one in stops)


def _transfer_rules(feed: FeedTables) -> Iterator[Row]:
    columns = ("from_leg_group_id", "to_leg_group_id", "transfer_count", "duration_limit", "duration_limit_type")
    for row in numbered(feed, "fare_transfer_rules", *columns, "fare_transfer_type", "fare_product_id"):
        number, start, end, count, limit, limit_kind, kind, product = row
        yield number, start, end, given(count), given(limit), given(limit_kind), or_zero(kind), product


FARES: tuple[tuple[str, str, Rows], ...] = (
    ("fare_attribute", "id price currency payment transfers agency seconds", _fare_attributes),
    ("fare_rule", "number fare route origin destination contains", _fare_rules),
    ("fare_area", "id name", plain("areas", "area_id", "area_name")),
    ("fare_area_stop", "area stop", _area_stops),
    ("fare_network", "id name", plain("networks", "network_id", "network_name")),
    ("fare_network_route", "route network", _network_routes),
    ("fare_timeframe", "number id start_time end_time service", _timeframes),
    ("fare_rider", "id name usual url", _riders),
    ("fare_medium", "id name kind", _media),
    ("fare_product", "number id name amount currency medium rider", _products),
    (
        "fare_leg_rule",
        "number leg_group network from_area to_area from_timeframe to_timeframe product priority",
        _leg_rules,
    ),
    ("fare_leg_join_rule", "number from_network to_network from_stop to_stop", _join_rules),
    (
        "fare_transfer_rule",
        "number from_leg_group to_leg_group transfers seconds limit_kind kind product",
        _transfer_rules,
    ),
)
"""Tables, their columns behind the feed's number, and what makes their rows."""
