"""Feeds whose fares are broken in one way each, and what is no error and still worth a word."""

from tests.living.feeds.breaking import FLEX, FRAME, LEG, LEGS, PRODUCT, RIDERS, ROUTE, Broken, table, times
from tests.living.feeds.depot import PLAIN, with_lines

FARES: Broken = {
    # fares
    "too many digits": (
        "invalid_currency_amount",
        table("fare_products.txt", PRODUCT, "one,3500,IDR"),
        "fare_products.txt",
        2,
    ),
    "no currency": (
        "invalid_currency",
        table("fare_products.txt", PRODUCT, "one,3500.00,RP"),
        "fare_products.txt",
        2,
    ),
    "two usual riders": (
        "fare_product_with_multiple_default_rider_categories",
        {
            "rider_categories.txt": RIDERS,
            "fare_products.txt": "fare_product_id,amount,currency,rider_category_id\none,1.00,IDR,a\none,2.00,IDR,b\n",
        },
        "fare_products.txt",
        3,
    ),
    "no count": (
        "fare_transfer_rule_without_transfer_count",
        {**LEGS, **table("fare_transfer_rules.txt", LEG, "core,core,,,,0")},
        "fare_transfer_rules.txt",
        2,
    ),
    "count of 0": (
        "fare_transfer_rule_invalid_transfer_count",
        {**LEGS, **table("fare_transfer_rules.txt", LEG, "core,core,0,,,0")},
        "fare_transfer_rules.txt",
        2,
    ),
    "count between groups": (
        "fare_transfer_rule_with_forbidden_transfer_count",
        {**LEGS, **table("fare_transfer_rules.txt", LEG, "core,,1,,,0")},
        "fare_transfer_rules.txt",
        2,
    ),
    "limit without kind": (
        "fare_transfer_rule_duration_limit_without_type",
        {**LEGS, **table("fare_transfer_rules.txt", LEG, "core,,,60,,0")},
        "fare_transfer_rules.txt",
        2,
    ),
    "kind without limit": (
        "fare_transfer_rule_duration_limit_type_without_duration_limit",
        {**LEGS, **table("fare_transfer_rules.txt", LEG, "core,,,,1,0")},
        "fare_transfer_rules.txt",
        2,
    ),
    "frames overlap": (
        "timeframe_overlap",
        table("timeframes.txt", FRAME, "p,06:00:00,09:00:00,daily", "p,08:00:00,10:00:00,daily"),
        "timeframes.txt",
        3,
    ),
    "frame past midnight": (
        "timeframe_start_or_end_time_greater_than_twenty_four_hours",
        table("timeframes.txt", FRAME, "p,06:00:00,25:00:00,daily"),
        "timeframes.txt",
        2,
    ),
    "half a frame": (
        "timeframe_only_start_or_end_time_specified",
        table("timeframes.txt", FRAME, "p,06:00:00,,daily"),
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
    # no errors, and still worth a word
    "extended kind": ("unexpected_enum_value", table("routes.txt", ROUTE, "L,L1,700"), "routes.txt", 2),
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
        times("06:05:00,06:05:30,Q", "06:00:01,06:05:30,Q"),
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
        table("routes.txt", f"{ROUTE},route_color,route_text_color", "L,L1,3,FFFFFF,FFFF00"),
        "routes.txt",
        2,
    ),
    "out of order": (
        "unsorted_stop_times",
        times("T2,,,Q,2,1104\nT2,25:10:00,25:10:00,R,3,2208\n", "T2,25:10:00,25:10:00,R,3,2208\nT2,,,Q,2,1104\n"),
        "stop_times.txt",
        0,
    ),
    "areas instead of stops": (
        "flexible_service_left_out",
        {**table("stop_times.txt", FLEX, "T1,06:00:00,06:00:00,P1,,1", "T1,,,,zone,2", "T1,06:10:00,06:10:00,R,,3")},
        "stop_times.txt",
        0,
    ),
    "no roles": (
        "attribution_without_role",
        table("attributions.txt", "organization_name", "X"),
        "attributions.txt",
        2,
    ),
}
