"""Feeds whose files, values, keys or words are broken in one way each."""

from tests.living.feeds.breaking import AGENCY, ROLE, ROUTE, WORDS, Broken, table, times
from tests.living.feeds.depot import PLAIN, with_lines

TABLES: Broken = {
    # the file itself
    "no agency": ("missing_required_file", {"agency.txt": None}, "agency.txt", 0),
    "no stops": ("missing_required_file", {"stops.txt": None}, "stops.txt", 0),
    "no days": ("missing_calendar_and_calendar_date_files", {"calendar.txt": None}, "calendar.txt", 0),
    "nothing in a file": ("empty_file", {"routes.txt": ""}, "routes.txt", 0),
    "no rows": ("empty_file", {"routes.txt": PLAIN["routes.txt"].splitlines()[0]}, "routes.txt", 0),
    "column missing": ("missing_required_column", table("agency.txt", "agency_id", "A"), "agency.txt", 1),
    "column twice": (
        "duplicated_column",
        {"agency.txt": AGENCY.replace("agency_id,", "agency_url,")},
        "agency.txt",
        1,
    ),
    "column without a name": ("empty_column_name", {"agency.txt": AGENCY.replace("agency_id,", ",")}, "agency.txt", 1),
    "row too short": ("invalid_row_length", with_lines("stops.txt", "X,Y"), "stops.txt", 7),
    "value too long": (
        "csv_parsing_failed",
        with_lines("stops.txt", f"X,Halte {'x' * 4100},-7,110.4,0,"),
        "stops.txt",
        7,
    ),
    "quote not closed": (
        "invalid_row_length",
        with_lines("stops.txt", 'X,"Y,-7,110.4,0,', "Z,Z,-7,110.4,0,"),
        "stops.txt",
        8,
    ),
    "line end in a value": ("new_line_in_value", with_lines("routes.txt", 'M,A,M1,"A\nB",3'), "routes.txt", 3),
    "in a folder": ("invalid_input_files_in_subfolder", {"feed/stops.txt": PLAIN["stops.txt"]}, "feed/stops.txt", 0),
    # values
    "no UTF-8": (
        "invalid_character",
        {"agency.txt": AGENCY.replace("One", "\xff").encode("latin-1")},
        "agency.txt",
        2,
    ),
    "time of 61 minutes": ("invalid_time", times("06:05:00", "06:61:00"), "stop_times.txt", 3),
    "time below zero": ("invalid_time", times("06:05:00", "-6:05:00"), "stop_times.txt", 3),
    "no whole number": ("invalid_integer", times("Q,2,1104\nT1", "Q,two,1104\nT1"), "stop_times.txt", 3),
    "no number": ("invalid_float", {"stops.txt": PLAIN["stops.txt"].replace("-6.9999", "x")}, "stops.txt", 4),
    "not a number": ("invalid_float", {"stops.txt": PLAIN["stops.txt"].replace("-6.9999", "nan")}, "stops.txt", 4),
    "beyond the pole": (
        "number_out_of_range",
        {"stops.txt": PLAIN["stops.txt"].replace("-6.9999", "-96")},
        "stops.txt",
        4,
    ),
    "no day": (
        "invalid_date",
        {"calendar.txt": PLAIN["calendar.txt"].replace("20260101", "20260231")},
        "calendar.txt",
        2,
    ),
    "no address": ("invalid_url", {"agency.txt": AGENCY.replace("https://example.org/", "example")}, "agency.txt", 2),
    "no zone": ("invalid_timezone", {"agency.txt": AGENCY.replace("Asia/Jakarta", "Asia/Nowhere")}, "agency.txt", 2),
    "no language": (
        "invalid_language_code",
        {"feed_info.txt": PLAIN["feed_info.txt"].replace(",id,", ",xx_1,")},
        "feed_info.txt",
        2,
    ),
    "no colour": ("invalid_color", table("routes.txt", f"{ROUTE},route_color", "L,L,3,red"), "routes.txt", 2),
    "no mail": (
        "invalid_email",
        table("attributions.txt", f"{ROLE},attribution_email", "X,1,y"),
        "attributions.txt",
        2,
    ),
    "no phone": (
        "invalid_phone_number",
        table("attributions.txt", f"{ROLE},attribution_phone", "X,1,??"),
        "attributions.txt",
        2,
    ),
    "field empty": (
        "missing_required_field",
        {"stops.txt": PLAIN["stops.txt"].replace("Q,Tugu", ",Tugu")},
        "stops.txt",
        5,
    ),
    "no stop in a call": ("missing_required_field", times("06:05:30,Q", "06:05:30,"), "stop_times.txt", 3),
    # keys and references
    "stop twice": ("duplicate_key", with_lines("stops.txt", "Q,Tugu Lain,-7,110.41,0,"), "stops.txt", 7),
    "sequence twice": ("duplicate_key", times("Q,2,1104\nT1", "Q,1,1104\nT1"), "stop_times.txt", 3),
    "point twice": (
        "duplicate_key",
        {"shapes.txt": PLAIN["shapes.txt"].replace("S,-7.0,110.42,3", "S,-7.0,110.42,2")},
        "shapes.txt",
        4,
    ),
    "stop unknown": ("foreign_key_violation", times("06:05:30,Q", "06:05:30,X"), "stop_times.txt", 3),
    "days unknown": (
        "foreign_key_violation",
        {"trips.txt": PLAIN["trips.txt"].replace("daily,T2", "never,T2")},
        "trips.txt",
        3,
    ),
    "agencies without id": (
        "missing_required_agency_id",
        with_lines("agency.txt", ",Agency Two,https://e.org/,Asia/Jakarta"),
        "agency.txt",
        3,
    ),
    "two zones": (
        "inconsistent_agency_timezone",
        with_lines("agency.txt", "B,Agency Two,https://e.org/,Asia/Makassar"),
        "agency.txt",
        3,
    ),
    # words
    "route without a name": (
        "route_both_short_and_long_name_missing",
        table("routes.txt", ROUTE, "L,,3"),
        "routes.txt",
        2,
    ),
    "translated twice": (
        "translation_unexpected_value",
        table("translations.txt", WORDS, "stops,stop_name,en,Market,P,Pasar Besar"),
        "translations.txt",
        2,
    ),
    "translation of nothing": (
        "translation_foreign_key_violation",
        table("translations.txt", WORDS, "stops,stop_name,en,Market,X,"),
        "translations.txt",
        2,
    ),
}
