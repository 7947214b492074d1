"""Fares, in both versions of the standard."""

from collections import defaultdict
from itertools import pairwise

from services.living.gtfs.feed import FeedTables
from services.living.gtfs.values import MISSING, clock, decimals

_DAY_S = 86_400
_NAMED_MEDIA = {2, 4}


def check(feed: FeedTables) -> None:
    """Fares of version 1, then of version 2."""
    _check_zones(feed)
    _check_media(feed)
    _check_products(feed)
    _check_timeframes(feed)
    _check_transfers(feed)
    for line, start, end in feed["fare_leg_join_rules"].rows("from_stop_id", "to_stop_id"):
        if bool(start) != bool(end):
            missing = "to_stop_id" if start else "from_stop_id"
            feed.findings.add("missing_required_field", "fare_leg_join_rules.txt", line, f"{missing} is empty")


def _check_zones(feed: FeedTables) -> None:
    """Stops of routes whose fare goes by zones have one."""
    rules = feed["fare_rules"].rows("route_id", "origin_id", "destination_id", "contains_id")
    zoned = {route for _, route, *zones in rules if route and any(zones)}
    if not zoned:
        return
    trips = {trip for _, trip, route in feed["trips"].rows("trip_id", "route_id") if route in zoned}
    table = feed["stop_times"]
    called = {stop for trip, stop in zip(table.text("trip_id"), table.text("stop_id"), strict=True) if trip in trips}
    for line, stop, zone, kind in feed["stops"].rows("stop_id", "zone_id", "location_type"):
        if stop in called and not zone and kind in {0, MISSING}:
            feed.findings.add("stop_without_zone_id", "stops.txt", line, f"{stop} has no zone_id")


def _check_media(feed: FeedTables) -> None:
    seen: dict[tuple[str, int], int] = {}
    for line, name, kind in feed["fare_media"].rows("fare_media_name", "fare_media_type"):
        if not name and kind in _NAMED_MEDIA:
            detail = "fare_media_name is empty: which card, or which app?"
            feed.findings.add("missing_recommended_field", "fare_media.txt", line, detail)
        if (before := seen.setdefault((name, kind), line)) != line:
            feed.findings.add("duplicate_fare_media", "fare_media.txt", line, f"{name!r} as in line {before}")


def _check_products(feed: FeedTables) -> None:
    rows = feed["rider_categories"].rows("rider_category_id", "is_default_fare_category")
    usual = {rider for _, rider, default in rows if default == 1}
    defaults: dict[str, set[str]] = defaultdict(set)
    columns = ("fare_product_id", "amount", "currency", "rider_category_id")
    for line, product, amount, currency, rider in feed["fare_products"].rows(*columns):
        if amount and currency and len(amount.partition(".")[2]) != decimals(currency):
            detail = f"{amount} has not the {decimals(currency)} digits behind the point that {currency} has"
            feed.findings.add("invalid_currency_amount", "fare_products.txt", line, detail)
        if rider in usual:
            defaults[product].add(rider)
            if len(defaults[product]) == 2:
                code = "fare_product_with_multiple_default_rider_categories"
                detail = f"{product}: {' and '.join(sorted(defaults[product]))}"
                feed.findings.add(code, "fare_products.txt", line, detail)


def _check_timeframes(feed: FeedTables) -> None:
    by_key: dict[tuple[str, str], list[tuple[int, int, int]]] = defaultdict(list)
    columns = ("timeframe_group_id", "service_id", "start_time", "end_time")
    for line, group, service, start, end in feed["timeframes"].rows(*columns):
        if (start == MISSING) != (end == MISSING):
            detail = "give both times, or none"
            feed.findings.add("timeframe_only_start_or_end_time_specified", "timeframes.txt", line, detail)
        for one in (start, end):
            if one > _DAY_S:
                code = "timeframe_start_or_end_time_greater_than_twenty_four_hours"
                feed.findings.add(code, "timeframes.txt", line, f"{clock(one)} is after 24:00:00")
        times = (0 if start == MISSING else start, _DAY_S if end == MISSING else end, line)
        by_key[group, service].append(times)
    for (group, _), frames in by_key.items():
        for (_, end, before), (start, _, line) in pairwise(sorted(frames)):
            if start < end:
                detail = f"{group} from {clock(start)} on overlaps line {before}"
                feed.findings.add("timeframe_overlap", "timeframes.txt", line, detail)


def _check_transfers(feed: FeedTables) -> None:
    file, add = "fare_transfer_rules.txt", feed.findings.add
    columns = ("from_leg_group_id", "to_leg_group_id", "transfer_count", "duration_limit", "duration_limit_type")
    for line, start, end, count, limit, kind in feed["fare_transfer_rules"].rows(*columns):
        if start and start == end:
            if count == MISSING:
                add("fare_transfer_rule_without_transfer_count", file, line, f"transfer_count of {start} is empty")
            elif count < -1 or count == 0:
                add("fare_transfer_rule_invalid_transfer_count", file, line, f"transfer_count is {count}")
        elif count != MISSING:
            detail = "transfer_count is for transfers within one group of legs"
            add("fare_transfer_rule_with_forbidden_transfer_count", file, line, detail)
        if limit == MISSING and kind != MISSING:
            code = "fare_transfer_rule_duration_limit_type_without_duration_limit"
            add(code, file, line, "duration_limit is empty")
        if limit != MISSING and kind == MISSING:
            add("fare_transfer_rule_duration_limit_without_type", file, line, "duration_limit_type is empty")
