"""Feeds that are broken in one way each: the code that is found, in which file, and in which line."""

from tests.living.feeds.depot import PLAIN, with_lines

Files = dict[str, str | bytes | None]

_AGENCY = PLAIN["agency.txt"]
_STOPS = PLAIN["stops.txt"].replace("parent_station\n", "parent_station,platform_code,level_id,stop_access\n")


def _stops(*lines: str) -> Files:
    """Stops with three more columns."""
    plain = [line + (",,," if number else "") for number, line in enumerate(_STOPS.splitlines())]
    return {"stops.txt": "\n".join([*plain, *lines]) + "\n"}


def _times(old: str, new: str) -> Files:
    return {"stop_times.txt": PLAIN["stop_times.txt"].replace(old, new)}


def _table(file: str, *lines: str) -> Files:
    return {file: "".join(f"{line}\n" for line in lines)}


_PATHWAY = "pathway_id,from_stop_id,to_stop_id,pathway_mode,is_bidirectional"
_TRANSFER = "from_stop_id,to_stop_id,transfer_type,from_trip_id,to_trip_id,from_route_id"
_LEG = "from_leg_group_id,to_leg_group_id,transfer_count,duration_limit,duration_limit_type,fare_transfer_type"
_LEGS: Files = {
    "fare_products.txt": "fare_product_id,amount,currency\none,3500.00,IDR\n",
    "fare_leg_rules.txt": "leg_group_id,fare_product_id\ncore,one\n",
}
_TIMEPOINTS = "trip_id,arrival_time,departure_time,stop_id,stop_sequence,timepoint"
_HEADWAY = "trip_id,start_time,end_time,headway_secs"
_FRAME = "timeframe_group_id,start_time,end_time,service_id"
_WORDS = "table_name,field_name,language,translation,record_id,field_value"
_ROLE = "organization_name,is_producer"
_ROUTE = "route_id,route_short_name,route_type"
_PRODUCT = "fare_product_id,amount,currency"
_RIDERS = "rider_category_id,rider_category_name,is_default_fare_category\na,A,1\nb,B,1\n"
_FLEX = "trip_id,arrival_time,departure_time,stop_id,location_id,stop_sequence"

BROKEN: dict[str, tuple[str, Files, str, int]] = {
    # the file itself
    "no agency": ("missing_required_file", {"agency.txt": None}, "agency.txt", 0),
    "no stops": ("missing_required_file", {"stops.txt": None}, "stops.txt", 0),
    "no days": ("missing_calendar_and_calendar_date_files", {"calendar.txt": None}, "calendar.txt", 0),
    "nothing in a file": ("empty_file", {"routes.txt": ""}, "routes.txt", 0),
    "no rows": ("empty_file", {"routes.txt": PLAIN["routes.txt"].splitlines()[0]}, "routes.txt", 0),
    "column missing": ("missing_required_column", _table("agency.txt", "agency_id", "A"), "agency.txt", 1),
    "column twice": (
        "duplicated_column",
        {"agency.txt": _AGENCY.replace("agency_id,", "agency_url,")},
        "agency.txt",
        1,
    ),
    "column without a name": ("empty_column_name", {"agency.txt": _AGENCY.replace("agency_id,", ",")}, "agency.txt", 1),
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
        {"agency.txt": _AGENCY.replace("One", "\xff").encode("latin-1")},
        "agency.txt",
        2,
    ),
    "time of 61 minutes": ("invalid_time", _times("06:05:00", "06:61:00"), "stop_times.txt", 3),
    "time below zero": ("invalid_time", _times("06:05:00", "-6:05:00"), "stop_times.txt", 3),
    "no whole number": ("invalid_integer", _times("Q,2,1104\nT1", "Q,two,1104\nT1"), "stop_times.txt", 3),
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
    "no address": ("invalid_url", {"agency.txt": _AGENCY.replace("https://example.org/", "example")}, "agency.txt", 2),
    "no zone": ("invalid_timezone", {"agency.txt": _AGENCY.replace("Asia/Jakarta", "Asia/Nowhere")}, "agency.txt", 2),
    "no language": (
        "invalid_language_code",
        {"feed_info.txt": PLAIN["feed_info.txt"].replace(",id,", ",xx_1,")},
        "feed_info.txt",
        2,
    ),
    "no colour": ("invalid_color", _table("routes.txt", f"{_ROUTE},route_color", "L,L,3,red"), "routes.txt", 2),
    "no mail": (
        "invalid_email",
        _table("attributions.txt", f"{_ROLE},attribution_email", "X,1,y"),
        "attributions.txt",
        2,
    ),
    "no phone": (
        "invalid_phone_number",
        _table("attributions.txt", f"{_ROLE},attribution_phone", "X,1,??"),
        "attributions.txt",
        2,
    ),
    "field empty": (
        "missing_required_field",
        {"stops.txt": PLAIN["stops.txt"].replace("Q,Tugu", ",Tugu")},
        "stops.txt",
        5,
    ),
    "no stop in a call": ("missing_required_field", _times("06:05:30,Q", "06:05:30,"), "stop_times.txt", 3),
    # keys and references
    "stop twice": ("duplicate_key", with_lines("stops.txt", "Q,Tugu Lain,-7,110.41,0,"), "stops.txt", 7),
    "sequence twice": ("duplicate_key", _times("Q,2,1104\nT1", "Q,1,1104\nT1"), "stop_times.txt", 3),
    "point twice": (
        "duplicate_key",
        {"shapes.txt": PLAIN["shapes.txt"].replace("S,-7.0,110.42,3", "S,-7.0,110.42,2")},
        "shapes.txt",
        4,
    ),
    "stop unknown": ("foreign_key_violation", _times("06:05:30,Q", "06:05:30,X"), "stop_times.txt", 3),
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
    # calls
    "backwards": (
        "stop_time_with_arrival_before_previous_departure_time",
        _times("06:10:00,06:10:00", "06:05:10,06:10:00"),
        "stop_times.txt",
        4,
    ),
    "leaves before it comes": ("start_and_end_range_out_of_order", _times("06:05:30", "06:04:00"), "stop_times.txt", 3),
    "half a time": ("stop_time_with_only_arrival_or_departure_time", _times("06:05:30", ""), "stop_times.txt", 3),
    "no time at the end": ("missing_trip_edge", _times("06:10:00,06:10:00", ","), "stop_times.txt", 4),
    "distance falls": (
        "decreasing_or_equal_stop_time_distance",
        _times("Q,2,1104\nT1", "Q,2,0\nT1"),
        "stop_times.txt",
        3,
    ),
    "calls at a station": (
        "location_with_unexpected_stop_time",
        _times("06:00:00,P1", "06:00:00,P"),
        "stop_times.txt",
        2,
    ),
    "beyond its shape": (
        "trip_distance_exceeds_shape_distance",
        {
            **_times("R,3,2208\nT2,23", "R,3,9999\nT2,23"),
            "stops.txt": PLAIN["stops.txt"].replace("110.4200", "110.4210"),
        },
        "trips.txt",
        2,
    ),
    "untimed timepoint": (
        "stop_time_timepoint_without_times",
        _table(
            "stop_times.txt", _TIMEPOINTS, "T1,06:00:00,06:00:00,P1,1,1", "T1,,,Q,2,1", "T1,06:10:00,06:10:00,R,3,1"
        ),
        "stop_times.txt",
        3,
    ),
    "shape falls": (
        "decreasing_shape_distance",
        {"shapes.txt": PLAIN["shapes.txt"].replace("3,2208", "3,1000")},
        "shapes.txt",
        4,
    ),
    "shape stands": (
        "equal_shape_distance_diff_coordinates",
        {"shapes.txt": PLAIN["shapes.txt"].replace("3,2208", "3,1104")},
        "shapes.txt",
        4,
    ),
    "one bus twice": (
        "block_trips_with_overlapping_stop_times",
        {
            "trips.txt": "route_id,service_id,trip_id,block_id\nL,daily,T1,b\nL,daily,T2,\nL,daily,T3,b\n",
            **_times("07:00:00,07:00:00", "06:05:00,06:05:00"),
        },
        "trips.txt",
        4,
    ),
    "headways overlap": (
        "overlapping_frequency",
        _table("frequencies.txt", _HEADWAY, "T1,06:00:00,09:00:00,600", "T1,08:59:59,10:00:00,600"),
        "frequencies.txt",
        3,
    ),
    "headway of nothing": (
        "number_out_of_range",
        _table("frequencies.txt", _HEADWAY, "T1,06:00:00,09:00:00,0"),
        "frequencies.txt",
        2,
    ),
    "headway for no time": (
        "start_and_end_range_equal",
        _table("frequencies.txt", _HEADWAY, "T1,06:00:00,06:00:00,60"),
        "frequencies.txt",
        2,
    ),
    # places
    "no name": ("missing_stop_name", {"stops.txt": PLAIN["stops.txt"].replace("Tugu Kota", "")}, "stops.txt", 5),
    "no place": (
        "stop_without_location",
        {"stops.txt": PLAIN["stops.txt"].replace("Tugu Kota,-7.0000", "Tugu Kota,")},
        "stops.txt",
        5,
    ),
    "near 0, 0": (
        "point_near_origin",
        {"stops.txt": PLAIN["stops.txt"].replace("-7.0000,110.4100", "0.1,0.1")},
        "stops.txt",
        5,
    ),
    "near the pole": (
        "point_near_pole",
        {"stops.txt": PLAIN["stops.txt"].replace("-7.0000,110.4100", "89.9,110")},
        "stops.txt",
        5,
    ),
    "station in a station": (
        "station_with_parent_station",
        {"stops.txt": PLAIN["stops.txt"].replace("110.4000,1,\n", "110.4000,1,P\n")},
        "stops.txt",
        2,
    ),
    "stop in a stop": (
        "wrong_parent_location_type",
        {"stops.txt": PLAIN["stops.txt"].replace("110.4100,0,", "110.4100,0,R")},
        "stops.txt",
        5,
    ),
    "entrance of nothing": (
        "location_without_parent_station",
        with_lines("stops.txt", "E,Pintu Utara,-7,110.4,2,"),
        "stops.txt",
        7,
    ),
    "access of a station": (
        "stop_access_specified_for_incorrect_location",
        _stops("E,Pintu Utara,-7,110.4,2,P,,,1"),
        "stops.txt",
        7,
    ),
    "access without a station": (
        "stop_access_specified_for_stop_with_no_parent_station",
        _stops("X,Halte X,-7,110.4,0,,,,1"),
        "stops.txt",
        7,
    ),
    "path to a station": (
        "pathway_to_wrong_location_type",
        _table("pathways.txt", _PATHWAY, "w,P,P1,1,1"),
        "pathways.txt",
        2,
    ),
    "gate both ways": ("bidirectional_exit_gate", _table("pathways.txt", _PATHWAY, "w,P1,P2,7,1"), "pathways.txt", 2),
    "nowhere to go": ("pathway_unreachable_location", _table("pathways.txt", _PATHWAY, "w,P1,P2,1,1"), "stops.txt", 3),
    "path past areas": (
        "pathway_to_platform_with_boarding_areas",
        {**with_lines("stops.txt", "B,,,,4,P1"), **_table("pathways.txt", _PATHWAY, "w,P1,P2,1,1")},
        "pathways.txt",
        2,
    ),
    "path to the street": (
        "pathway_to_stop_with_access_outside_of_station_pathways",
        {**_stops("X,Pasar Besar,-7,110.4,0,P,,,1"), **_table("pathways.txt", _PATHWAY, "w,P1,X,1,1")},
        "pathways.txt",
        2,
    ),
    "lift without level": (
        "missing_level_id",
        {**_table("pathways.txt", _PATHWAY, "w,P1,P2,5,1"), "levels.txt": "level_id,level_index\n0,0\n"},
        "stops.txt",
        3,
    ),
    # transfers
    "transfer at an entrance": (
        "transfer_with_invalid_stop_location_type",
        {**with_lines("stops.txt", "E,Pintu Utara,-7,110.4,2,P"), **_table("transfers.txt", _TRANSFER, "E,P1,0,,,")},
        "transfers.txt",
        2,
    ),
    "transfer of another route": (
        "transfer_with_invalid_trip_and_route",
        {**with_lines("routes.txt", "M,A,M1,Lain,3"), **_table("transfers.txt", _TRANSFER, "P1,Q,1,T1,,M")},
        "transfers.txt",
        2,
    ),
    "transfer where it does not call": (
        "transfer_with_invalid_trip_and_stop",
        _table("transfers.txt", _TRANSFER, "P2,Q,1,T1,,"),
        "transfers.txt",
        2,
    ),
    "in seat without trips": (
        "missing_required_field",
        _table("transfers.txt", _TRANSFER, "P1,Q,4,,,"),
        "transfers.txt",
        2,
    ),
    # fares
    "too many digits": (
        "invalid_currency_amount",
        _table("fare_products.txt", _PRODUCT, "one,3500,IDR"),
        "fare_products.txt",
        2,
    ),
    "no currency": (
        "invalid_currency",
        _table("fare_products.txt", _PRODUCT, "one,3500.00,RP"),
        "fare_products.txt",
        2,
    ),
    "two usual riders": (
        "fare_product_with_multiple_default_rider_categories",
        {
            "rider_categories.txt": _RIDERS,
            "fare_products.txt": "fare_product_id,amount,currency,rider_category_id\none,1.00,IDR,a\none,2.00,IDR,b\n",
        },
        "fare_products.txt",
        3,
    ),
    "no count": (
        "fare_transfer_rule_without_transfer_count",
        {**_LEGS, **_table("fare_transfer_rules.txt", _LEG, "core,core,,,,0")},
        "fare_transfer_rules.txt",
        2,
    ),
    "count of 0": (
        "fare_transfer_rule_invalid_transfer_count",
        {**_LEGS, **_table("fare_transfer_rules.txt", _LEG, "core,core,0,,,0")},
        "fare_transfer_rules.txt",
        2,
    ),
    "count between groups": (
        "fare_transfer_rule_with_forbidden_transfer_count",
        {**_LEGS, **_table("fare_transfer_rules.txt", _LEG, "core,,1,,,0")},
        "fare_transfer_rules.txt",
        2,
    ),
    "limit without kind": (
        "fare_transfer_rule_duration_limit_without_type",
        {**_LEGS, **_table("fare_transfer_rules.txt", _LEG, "core,,,60,,0")},
        "fare_transfer_rules.txt",
        2,
    ),
    "kind without limit": (
        "fare_transfer_rule_duration_limit_type_without_duration_limit",
        {**_LEGS, **_table("fare_transfer_rules.txt", _LEG, "core,,,,1,0")},
        "fare_transfer_rules.txt",
        2,
    ),
    "frames overlap": (
        "timeframe_overlap",
        _table("timeframes.txt", _FRAME, "p,06:00:00,09:00:00,daily", "p,08:00:00,10:00:00,daily"),
        "timeframes.txt",
        3,
    ),
    "frame past midnight": (
        "timeframe_start_or_end_time_greater_than_twenty_four_hours",
        _table("timeframes.txt", _FRAME, "p,06:00:00,25:00:00,daily"),
        "timeframes.txt",
        2,
    ),
    "half a frame": (
        "timeframe_only_start_or_end_time_specified",
        _table("timeframes.txt", _FRAME, "p,06:00:00,,daily"),
        "timeframes.txt",
        2,
    ),
    "networks twice": (
        "route_networks_specified_in_more_than_one_file",
        {
            "routes.txt": "route_id,route_short_name,route_type,network_id\nL,L1,3,n\n",
            "networks.txt": "network_id\nn\n",
        },
        "routes.txt",
        1,
    ),
    # words
    "route without a name": (
        "route_both_short_and_long_name_missing",
        _table("routes.txt", _ROUTE, "L,,3"),
        "routes.txt",
        2,
    ),
    "translated twice": (
        "translation_unexpected_value",
        _table("translations.txt", _WORDS, "stops,stop_name,en,Market,P,Pasar Besar"),
        "translations.txt",
        2,
    ),
    "translation of nothing": (
        "translation_foreign_key_violation",
        _table("translations.txt", _WORDS, "stops,stop_name,en,Market,X,"),
        "translations.txt",
        2,
    ),
    # no errors, and still worth a word
    "extended kind": ("unexpected_enum_value", _table("routes.txt", _ROUTE, "L,L1,700"), "routes.txt", 2),
    "shouted": (
        "mixed_case_recommended_field",
        {"stops.txt": PLAIN["stops.txt"].replace("Tugu Kota", "TUGU KOTA")},
        "stops.txt",
        5,
    ),
    "nobody stops": ("stop_without_stop_time", with_lines("stops.txt", "X,Halte Sepi,-7,110.4,0,"), "stops.txt", 7),
    "unused trip": ("unused_trip", with_lines("trips.txt", "L,daily,T4,Terminal Timur,0,S"), "trips.txt", 5),
    "unused shape": ("unused_shape", with_lines("shapes.txt", "X,-7,110.4,1,0", "X,-7,110.5,2,9"), "shapes.txt", 5),
    "too fast": (
        "fast_travel_between_consecutive_stops",
        _times("06:05:00,06:05:30,Q", "06:00:01,06:05:30,Q"),
        "stop_times.txt",
        3,
    ),
    "far from its shape": (
        "stop_too_far_from_shape",
        {"stops.txt": PLAIN["stops.txt"].replace("-7.0000,110.4100", "-7.0020,110.4100")},
        "stops.txt",
        5,
    ),
    "colour on colour": (
        "route_color_contrast",
        _table("routes.txt", f"{_ROUTE},route_color,route_text_color", "L,L1,3,FFFFFF,FFFF00"),
        "routes.txt",
        2,
    ),
    "out of order": (
        "unsorted_stop_times",
        _times("T2,,,Q,2,1104\nT2,25:10:00,25:10:00,R,3,2208\n", "T2,25:10:00,25:10:00,R,3,2208\nT2,,,Q,2,1104\n"),
        "stop_times.txt",
        0,
    ),
    "areas instead of stops": (
        "flexible_service_left_out",
        {**_table("stop_times.txt", _FLEX, "T1,06:00:00,06:00:00,P1,,1", "T1,,,,zone,2", "T1,06:10:00,06:10:00,R,,3")},
        "stop_times.txt",
        0,
    ),
    "no roles": (
        "attribution_without_role",
        _table("attributions.txt", "organization_name", "X"),
        "attributions.txt",
        2,
    ),
}
