"""Feeds whose calls, places or transfers are broken in one way each."""

from tests.living.feeds.breaking import HEADWAY, PATHWAY, TIMEPOINTS, TRANSFER, Broken, stops, table, times
from tests.living.feeds.depot import PLAIN, with_lines

NETWORK: Broken = {
    # calls
    "backwards": (
        "stop_time_with_arrival_before_previous_departure_time",
        times("06:10:00,06:10:00", "06:05:10,06:10:00"),
        "stop_times.txt",
        4,
    ),
    "leaves before it comes": ("start_and_end_range_out_of_order", times("06:05:30", "06:04:00"), "stop_times.txt", 3),
    "half a time": ("stop_time_with_only_arrival_or_departure_time", times("06:05:30", ""), "stop_times.txt", 3),
    "no time at the end": ("missing_trip_edge", times("06:10:00,06:10:00", ","), "stop_times.txt", 4),
    "distance falls": (
        "decreasing_or_equal_stop_time_distance",
        times("Q,2,1104\nT1", "Q,2,0\nT1"),
        "stop_times.txt",
        3,
    ),
    "calls at a station": (
        "location_with_unexpected_stop_time",
        times("06:00:00,P1", "06:00:00,P"),
        "stop_times.txt",
        2,
    ),
    "beyond its shape": (
        "trip_distance_exceeds_shape_distance",
        {
            **times("R,3,2208\nT2,23", "R,3,9999\nT2,23"),
            "stops.txt": PLAIN["stops.txt"].replace("110.4200", "110.4210"),
        },
        "trips.txt",
        2,
    ),
    "untimed timepoint": (
        "stop_time_timepoint_without_times",
        table("stop_times.txt", TIMEPOINTS, "T1,06:00:00,06:00:00,P1,1,1", "T1,,,Q,2,1", "T1,06:10:00,06:10:00,R,3,1"),
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
            **times("07:00:00,07:00:00", "06:05:00,06:05:00"),
        },
        "trips.txt",
        4,
    ),
    "headways overlap": (
        "overlapping_frequency",
        table("frequencies.txt", HEADWAY, "T1,06:00:00,09:00:00,600", "T1,08:59:59,10:00:00,600"),
        "frequencies.txt",
        3,
    ),
    "headway of nothing": (
        "number_out_of_range",
        table("frequencies.txt", HEADWAY, "T1,06:00:00,09:00:00,0"),
        "frequencies.txt",
        2,
    ),
    "headway for no time": (
        "start_and_end_range_equal",
        table("frequencies.txt", HEADWAY, "T1,06:00:00,06:00:00,60"),
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
        stops("E,Pintu Utara,-7,110.4,2,P,,,1"),
        "stops.txt",
        7,
    ),
    "access without a station": (
        "stop_access_specified_for_stop_with_no_parent_station",
        stops("X,Halte X,-7,110.4,0,,,,1"),
        "stops.txt",
        7,
    ),
    "path to a station": (
        "pathway_to_wrong_location_type",
        table("pathways.txt", PATHWAY, "w,P,P1,1,1"),
        "pathways.txt",
        2,
    ),
    "gate both ways": ("bidirectional_exit_gate", table("pathways.txt", PATHWAY, "w,P1,P2,7,1"), "pathways.txt", 2),
    "nowhere to go": ("pathway_unreachable_location", table("pathways.txt", PATHWAY, "w,P1,P2,1,1"), "stops.txt", 3),
    "path past areas": (
        "pathway_to_platform_with_boarding_areas",
        {**with_lines("stops.txt", "B,,,,4,P1"), **table("pathways.txt", PATHWAY, "w,P1,P2,1,1")},
        "pathways.txt",
        2,
    ),
    "path to the street": (
        "pathway_to_stop_with_access_outside_of_station_pathways",
        {**stops("X,Pasar Besar,-7,110.4,0,P,,,1"), **table("pathways.txt", PATHWAY, "w,P1,X,1,1")},
        "pathways.txt",
        2,
    ),
    "lift without level": (
        "missing_level_id",
        {**table("pathways.txt", PATHWAY, "w,P1,P2,5,1"), "levels.txt": "level_id,level_index\n0,0\n"},
        "stops.txt",
        3,
    ),
    # transfers
    "transfer at an entrance": (
        "transfer_with_invalid_stop_location_type",
        {**with_lines("stops.txt", "E,Pintu Utara,-7,110.4,2,P"), **table("transfers.txt", TRANSFER, "E,P1,0,,,")},
        "transfers.txt",
        2,
    ),
    "transfer of another route": (
        "transfer_with_invalid_trip_and_route",
        {**with_lines("routes.txt", "M,A,M1,Lain,3"), **table("transfers.txt", TRANSFER, "P1,Q,1,T1,,M")},
        "transfers.txt",
        2,
    ),
    "transfer where it does not call": (
        "transfer_with_invalid_trip_and_stop",
        table("transfers.txt", TRANSFER, "P2,Q,1,T1,,"),
        "transfers.txt",
        2,
    ),
    "in seat without trips": (
        "missing_required_field",
        table("transfers.txt", TRANSFER, "P1,Q,4,,,"),
        "transfers.txt",
        2,
    ),
}
