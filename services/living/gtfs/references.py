"""What must be there, what may be there once, and what must be found elsewhere: alike for all files."""

from collections.abc import Callable, Iterable
from itertools import compress

from services.living.gtfs.feed import FeedTables
from services.living.gtfs.schema import FLEXIBLE, files
from services.living.gtfs.tables import Table
from services.living.gtfs.values import MISSING, clock, storage_of

_RANGES = (
    ("calendar", "start_date", "end_date", True),
    ("feed_info", "feed_start_date", "feed_end_date", True),
    ("frequencies", "start_time", "end_time", False),
    ("timeframes", "start_time", "end_time", False),
    ("stop_times", "arrival_time", "departure_time", True),
)
"""Beginnings and ends; whether they may be the same."""


def check(feed: FeedTables) -> None:
    """Files, keys, references and ranges."""
    _check_files(feed)
    for table in list(feed.tables.values()):
        if table.file.key:
            _check_key(feed, table)
        for column in table.file.columns.values():
            if column.refers is not None:
                file, name = column.refers
                known = set(feed[file.removesuffix(".txt")].text(name))
                _check_known(feed, table, column.name, known, f"{name} of {file}")
    _check_services(feed)
    _check_networks(feed)
    for name, start, end, equal in _RANGES:
        _check_range(feed, feed[name], start, end, equal=equal)


def _check_files(feed: FeedTables) -> None:
    for file in files().values():
        if file.required and not feed.tables[file.name].present:
            feed.findings.add("missing_required_file", file.name, 0, "the file is missing")
    if not feed["stops"].present:
        feed.findings.add("missing_required_file", "stops.txt", 0, "the file is missing")
    if not feed["calendar"].present and not feed["calendar_dates"].present:
        detail = "neither it nor calendar_dates.txt is there"
        feed.findings.add("missing_calendar_and_calendar_date_files", "calendar.txt", 0, detail)
    if not feed["feed_info"].present:
        code = "missing_required_file" if feed["translations"].present else "missing_recommended_file"
        feed.findings.add(code, "feed_info.txt", 0, "the file is missing")
    if not feed["shapes"]:
        feed.findings.add("missing_recommended_file", "shapes.txt", 0, "the file is missing, or empty")
    if len(feed["feed_info"]) > 1:
        feed.findings.add("more_than_one_entity", "feed_info.txt", feed["feed_info"].lines[1], "one row is read")
    if not feed["levels"].present and 5 in feed["pathways"].ints("pathway_mode"):
        feed.findings.add("missing_required_file", "levels.txt", 0, "there are lifts, which join levels")


def check_names(feed: FeedTables, names: Iterable[str]) -> None:
    """Members of an archive that are no files of a feed."""
    known = files()
    for name in names:
        if "/" in name:
            if name.rpartition("/")[2] in known and not name.startswith("__MACOSX/"):
                detail = "files of a feed lie in no folder: pack them without it"
                feed.findings.add("invalid_input_files_in_subfolder", name[:200], 0, detail)
        elif name in FLEXIBLE:
            detail = "service without fixed stops or times is left out"
            feed.findings.add("flexible_service_left_out", name, 0, detail)
        elif name not in known:
            feed.findings.add("unknown_file", name[:200], 0, "it is not read")


def _check_key(feed: FeedTables, table: Table) -> None:
    key = table.file.key
    kinds = table.file.columns
    read: dict[str, Callable[[str], Iterable[object]]] = {"": table.text, "i": table.ints, "d": table.floats}
    columns = [list(read[storage_of(kinds[name].kind)](name)) for name in key]
    values = columns[0] if len(columns) == 1 else list(zip(*columns, strict=True))
    if len(set(values)) == len(values):
        return
    required = [kinds[name].required for name in key]
    first: dict[object, int] = {}
    for value, line in zip(values, table.lines, strict=True):
        parts = _as_tuple(value)
        given = [one not in {"", MISSING} for one in parts]
        if not any(given) or any(must and not has for must, has in zip(required, given, strict=True)):
            continue  # which is a finding of its own, or none
        if (before := first.setdefault(value, line)) != line:
            named = ", ".join(f"{key[place]} {one!r}" for place, one in enumerate(parts) if given[place])
            feed.findings.add("duplicate_key", table.file.name, line, f"{named} as in line {before}")


def _as_tuple(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def _check_known(feed: FeedTables, table: Table, column: str, known: set[str], what: str) -> None:
    values = table.text(column)
    unknown = set(values) - known - {""}
    if unknown:
        for value, line in zip(values, table.lines, strict=True):
            if value in unknown:
                detail = f"{column}: {value!r} is no {what}"
                feed.findings.add("foreign_key_violation", table.file.name, line, detail)


def _check_services(feed: FeedTables) -> None:
    known = set(feed.services)
    for name in ("trips", "timeframes"):
        _check_known(feed, feed[name], "service_id", known, "service_id of calendar.txt or calendar_dates.txt")


def _check_networks(feed: FeedTables) -> None:
    known = {*feed["networks"].text("network_id"), *feed["routes"].text("network_id")}
    what = "network_id of networks.txt or routes.txt"
    _check_known(feed, feed["fare_leg_rules"], "network_id", known, what)
    for name in ("from_network_id", "to_network_id"):
        _check_known(feed, feed["fare_leg_join_rules"], name, known, what)
    if feed["routes"].has("network_id"):
        for name in ("networks", "route_networks"):
            if feed[name].present:
                detail = f"network_id stands in routes.txt and {name}.txt: leave one out"
                feed.findings.add("route_networks_specified_in_more_than_one_file", "routes.txt", 1, detail)


def _check_range(feed: FeedTables, table: Table, start: str, end: str, *, equal: bool) -> None:
    if not table.has(start) or not table.has(end):
        return
    starts, ends = table.ints(start), table.ints(end)
    wrong = [a > b or (a == b and not equal) for a, b in zip(starts, ends, strict=True)]
    if not any(wrong):
        return
    for line, a, b in compress(zip(table.lines, starts, ends, strict=True), wrong):
        if MISSING not in {a, b}:
            code = "start_and_end_range_equal" if a == b else "start_and_end_range_out_of_order"
            times = f" ({clock(a)}, {clock(b)})" if start.endswith("time") else ""
            feed.findings.add(code, table.file.name, line, f"{end} is not after {start}{times}")
