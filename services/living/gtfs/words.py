"""What passengers read: agencies, routes, translations, attributions, and what the feed says of itself."""

from services.living.gtfs.feed import FeedTables
from services.living.gtfs.schema import File, files
from services.living.gtfs.values import storage_of

_CONTRAST = 72
"""Least difference of brightness (Rec. 601) of a route's colour and its text."""
_LONGEST_SHORT_NAME = 12


def check(feed: FeedTables) -> None:
    """Agencies, routes, translations, attributions and the feed's own particulars."""
    _check_agencies(feed)
    _check_routes(feed)
    _check_urls(feed)
    _check_translations(feed)
    for line, *roles in feed["attributions"].rows("is_producer", "is_operator", "is_authority"):
        if 1 not in roles:
            detail = "one of is_producer, is_operator, is_authority should be 1"
            feed.findings.add("attribution_without_role", "attributions.txt", line, detail)
    for line, mail, url in list(feed["feed_info"].rows("feed_contact_email", "feed_contact_url"))[:1]:
        if not mail and not url:
            detail = "name a feed_contact_email or a feed_contact_url"
            feed.findings.add("missing_feed_contact_email_and_url", "feed_info.txt", line, detail)


def _check_agencies(feed: FeedTables) -> None:
    rows = list(feed["agency"].rows("agency_id", "agency_timezone", "agency_lang"))
    of_feed = (feed["feed_info"].text("feed_lang") or [""])[0].casefold()
    for line, name, zone, language in rows:
        if len(rows) > 1 and not name:
            feed.findings.add("missing_required_agency_id", "agency.txt", line, "there are several: give agency_id")
        if zone != rows[0][2]:
            detail = f"{zone} is not {rows[0][2]}, as of the first"
            feed.findings.add("inconsistent_agency_timezone", "agency.txt", line, detail)
        if language and rows[0][3] and language.casefold() != rows[0][3].casefold():
            detail = f"{language} is not {rows[0][3]}, as of the first"
            feed.findings.add("inconsistent_agency_lang", "agency.txt", line, detail)
        if language and of_feed not in {"", "mul", language.casefold()}:
            detail = f"agency_lang {language} is not feed_lang {of_feed}"
            feed.findings.add("feed_info_lang_and_agency_lang_mismatch", "agency.txt", line, detail)
    if len(rows) > 1:
        for table in ("routes", "fare_attributes"):
            for line, agency in feed[table].rows("agency_id"):
                if not agency:
                    detail = "there are several agencies: give agency_id"
                    feed.findings.add("missing_required_agency_id", f"{table}.txt", line, detail)


def _check_routes(feed: FeedTables) -> None:
    seen: dict[tuple[object, ...], int] = {}
    columns = ("route_id", "route_short_name", "route_long_name", "route_desc", "route_type", "agency_id")
    for line, route, short, long, words, kind, agency in feed["routes"].rows(*columns):
        if not short and not long:
            detail = f"{route} has neither route_short_name nor route_long_name"
            feed.findings.add("route_both_short_and_long_name_missing", "routes.txt", line, detail)
        if len(short) > _LONGEST_SHORT_NAME:
            feed.findings.add("route_short_name_too_long", "routes.txt", line, f"{short!r} is no short name")
        if short and long.casefold().startswith(short.casefold()):
            rest = long[len(short) :]
            if not rest or rest.strip()[:1] in {"-", "(", ")", ""} or rest[:1].isspace():
                detail = f"route_long_name {long!r} begins with the short name"
                feed.findings.add("route_long_name_contains_short_name", "routes.txt", line, detail)
        if words and words.casefold() in {short.casefold(), long.casefold()}:
            feed.findings.add("same_name_and_description_for_route", "routes.txt", line, f"{words!r} is its name too")
        if (before := seen.setdefault((short, long, kind, agency), line)) != line:
            feed.findings.add("duplicate_route_name", "routes.txt", line, f"{short or long!r} as in line {before}")
    for line, route, color, text in feed["routes"].rows("route_id", "route_color", "route_text_color"):
        if color and text and abs(_brightness(color) - _brightness(text)) < _CONTRAST:
            feed.findings.add("route_color_contrast", "routes.txt", line, f"{route}: {text} on {color}")


def _brightness(color: str) -> float:
    red, green, blue = (int(color[place : place + 2], 16) for place in (0, 2, 4))
    return 0.30 * red + 0.59 * green + 0.11 * blue


def _check_urls(feed: FeedTables) -> None:
    agencies = {one for one in feed["agency"].text("agency_url") if one}
    routes = {one for one in feed["routes"].text("route_url") if one}
    for table, column, others, code in (
        ("routes", "route_url", agencies, "same_route_and_agency_url"),
        ("stops", "stop_url", agencies, "same_stop_and_agency_url"),
        ("stops", "stop_url", routes, "same_stop_and_route_url"),
    ):
        if feed[table].has(column):
            for line, url in feed[table].rows(column):
                if url in others:
                    feed.findings.add(code, f"{table}.txt", line, f"{column} {url} is another's too")


def _check_translations(feed: FeedTables) -> None:
    add, file = feed.findings.add, "translations.txt"
    known: dict[str, set[tuple[str, str]]] = {}
    columns = ("table_name", "record_id", "record_sub_id", "field_value")
    for line, name, record, sub_record, value in feed["translations"].rows(*columns):
        if not name:
            continue
        if value:
            for column, given in (("record_id", record), ("record_sub_id", sub_record)):
                if given:
                    add("translation_unexpected_value", file, line, f"{column} and field_value exclude each other")
        described = files().get(f"{name}.txt")
        if described is None or not feed[name].present:
            add("translation_unknown_table_name", file, line, f"{name} is no file of this feed")
        elif not value:
            _check_record(feed, line, described, record, sub_record, known)


def _check_record(
    feed: FeedTables, line: int, file: File, record: str, sub_record: str, known: dict[str, set[tuple[str, str]]]
) -> None:
    """What a translation of one row names must be there. Rows of some files have no name at all."""
    add = feed.findings.add
    keys = {"stop_times.txt": ("trip_id", "stop_sequence"), "feed_info.txt": ()}.get(file.name, file.key[:2])
    for place, (column, given) in enumerate((("record_id", record), ("record_sub_id", sub_record))):
        if given and len(keys) <= place:
            add("translation_unexpected_value", "translations.txt", line, f"{column}: rows of {file.name} have none")
            return
        if not given and len(keys) > place:
            add("missing_required_field", "translations.txt", line, f"{column} is empty")
            return
    name = file.name.removesuffix(".txt")
    if keys and name not in known:
        table = feed[name]
        columns = [
            list(map(str, table.ints(one))) if storage_of(file.columns[one].kind) == "i" else table.text(one)
            for one in keys
        ]
        known[name] = set(zip(columns[0], columns[1] if len(columns) > 1 else [""] * len(table), strict=True))
    if keys and (record, sub_record) not in known[name]:
        detail = f"{file.name} has no row {record!r} {sub_record!r}".rstrip(" '")
        add("translation_foreign_key_violation", "translations.txt", line, detail)
