"""A feed as large as a big city's: 1.4 million stop times, every optional file, and no fault."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

STOPS, ROUTES, CALLS = 8_000, 400, 40
"""Stops stand on a grid; each route passes 40 of them."""
TRIPS_EACH_WAY = 44
"""Trips of a route in one direction: with 400 routes and 40 calls 1,408,000 stop times."""
POINTS = 10
"""Points of a shape between two stops."""
_STEP, _STEP_M = 0.004, 441.0
_WIDTH = 100


def write(path: Path, routes: int = ROUTES, trips: int = TRIPS_EACH_WAY) -> None:
    """Writes it as a zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for name, columns, rows in _files(routes, trips):
            with packed.open(f"{name}.txt", "w") as raw, io.TextIOWrapper(raw, "utf-8", newline="") as text:
                writer = csv.writer(text, lineterminator="\n")
                writer.writerow(columns.split())
                writer.writerows(rows)


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _place(stop: int) -> tuple[float, float]:
    return -7 + stop // _WIDTH * _STEP, 110 + stop % _WIDTH * _STEP


def _way(route: int, direction: int) -> list[int]:
    """Along a row of the grid."""
    first = route % (STOPS // _WIDTH) * _WIDTH + (0, 60, 20, 40, 30)[route // (STOPS // _WIDTH) % 5]
    stops = list(range(first, first + CALLS))
    return stops if direction == 0 else stops[::-1]


def _stops() -> Iterable[Sequence[object]]:
    yield "station", "", "Hub Station", "", -7.0, 110.0, "", "", 1, "", "", 1, "", ""
    yield "entrance", "", "Main Entrance", "", -7.0, 110.0001, "", "", 2, "station", "", 1, "street", ""
    for stop in range(STOPS):
        lat, lon = _place(stop)
        parent, level, platform = ("station", "street", "A") if stop == 0 else ("", "", "")
        yield (f"s{stop}", f"{stop:05}", f"Stop Number {stop}", "", f"{lat:.6f}", f"{lon:.6f}", f"z{stop % 5}", "", 0,
               parent, "", stop % 3, level, platform)  # fmt: skip


def _trips(routes: int, trips: int) -> Iterable[Sequence[object]]:
    for route in range(routes):
        for direction in (0, 1):
            for trip in range(trips):
                service = "weekday" if trip % 4 else "weekend"
                yield (f"r{route}", service, f"t{route}-{direction}-{trip}", f"To Stop {direction}", "", direction,
                       f"b{route}-{direction}-{trip}", f"h{route}-{direction}", 1, 2)  # fmt: skip


def _stop_times(routes: int, trips: int) -> Iterable[Sequence[object]]:
    for route in range(routes):
        for direction in (0, 1):
            way = _way(route, direction)
            far = [call * _STEP_M for call in range(CALLS)]
            for trip in range(trips):
                start = 4 * 3600 + trip * 1700
                for call, stop in enumerate(way):
                    at = start + call * 90 + (call // 20) * 3600
                    times = (_clock(at), _clock(at + 20)) if call % 5 == 0 or call == CALLS - 1 else ("", "")
                    exact = 1 if times[0] else 0
                    yield f"t{route}-{direction}-{trip}", *times, f"s{stop}", call + 1, "", 0, 0, far[call], exact


def _shapes(routes: int) -> Iterable[Sequence[object]]:
    for route in range(routes):
        for direction in (0, 1):
            way = _way(route, direction)
            for call in range(CALLS - 1):
                (lat, lon), (lat_after, lon_after) = _place(way[call]), _place(way[call + 1])
                a, b = call * _STEP_M, (call + 1) * _STEP_M
                for point in range(POINTS + (call == CALLS - 2)):
                    share = point / POINTS
                    yield (f"h{route}-{direction}", f"{lat + (lat_after - lat) * share:.6f}",
                           f"{lon + (lon_after - lon) * share:.6f}", call * POINTS + point,
                           f"{a + (b - a) * share:.1f}")  # fmt: skip


def _files(routes: int, trips: int) -> Iterable[tuple[str, str, Iterable[Sequence[object]]]]:
    yield (
        "agency",
        "agency_id agency_name agency_url agency_timezone agency_lang",
        [("a", "Large Transit", "https://example.org/", "Asia/Jakarta", "en")],
    )
    yield (
        "feed_info",
        (
            "feed_publisher_name feed_publisher_url feed_lang feed_start_date feed_end_date feed_version"
            " feed_contact_url"
        ),
        [("Large Transit", "https://example.org/", "en", "20260101", "20271231", "1", "https://example.org/")],
    )
    columns = "stop_id stop_code stop_name stop_desc stop_lat stop_lon zone_id stop_url location_type parent_station"
    yield "stops", f"{columns} stop_timezone wheelchair_boarding level_id platform_code", _stops()
    yield (
        "routes",
        "route_id agency_id route_short_name route_long_name route_type route_color route_text_color",
        [(f"r{one}", "a", f"R{one}", f"Line of the Place {one}", 3, "0039A6", "FFFFFF") for one in range(routes)],
    )
    yield (
        "calendar",
        ("service_id monday tuesday wednesday thursday friday saturday sunday start_date end_date"),
        [
            ("weekday", 1, 1, 1, 1, 1, 0, 0, "20260101", "20271231"),
            ("weekend", 0, 0, 0, 0, 0, 1, 1, "20260101", "20271231"),
        ],
    )
    yield "calendar_dates", "service_id date exception_type", [("weekday", "20260817", 2), ("weekend", "20260817", 1)]
    columns = "route_id service_id trip_id trip_headsign trip_short_name direction_id block_id shape_id"
    yield "trips", f"{columns} wheelchair_accessible bikes_allowed", _trips(routes, trips)
    columns = "trip_id arrival_time departure_time stop_id stop_sequence stop_headsign pickup_type drop_off_type"
    yield "stop_times", f"{columns} shape_dist_traveled timepoint", _stop_times(routes, trips)
    yield "shapes", "shape_id shape_pt_lat shape_pt_lon shape_pt_sequence shape_dist_traveled", _shapes(routes)
    yield (
        "frequencies",
        "trip_id start_time end_time headway_secs exact_times",
        [(f"t{one}-0-1", "05:00:00", "06:00:00", 600, one % 2) for one in range(routes)],
    )
    yield (
        "transfers",
        "from_stop_id to_stop_id transfer_type min_transfer_time",
        [(f"s{one}", f"s{one + 1}", 2, 120) for one in range(STOPS - 1) if one % _WIDTH < _WIDTH - 1],
    )
    yield "levels", "level_id level_index level_name", [("street", 0, "Street")]
    columns = "pathway_id from_stop_id to_stop_id pathway_mode is_bidirectional length traversal_time"
    yield "pathways", columns, [("p0", "entrance", "s0", 1, 1, 20, 30)]
    yield (
        "fare_attributes",
        "fare_id price currency_type payment_method transfers agency_id transfer_duration",
        [("f", "3500.00", "IDR", 0, 1, "a", 3600)],
    )
    yield "fare_rules", "fare_id route_id origin_id destination_id", [("f", "r0", "z0", "z1")]
    yield "areas", "area_id area_name", [("centre", "Centre")]
    yield "stop_areas", "area_id stop_id", [("centre", f"s{one}") for one in range(100)]
    yield "networks", "network_id network_name", [("n", "Whole Network")]
    yield "route_networks", "network_id route_id", [("n", f"r{one}") for one in range(routes)]
    yield (
        "timeframes",
        "timeframe_group_id start_time end_time service_id",
        [("peak", "06:00:00", "09:00:00", "weekday")],
    )
    yield "rider_categories", "rider_category_id rider_category_name is_default_fare_category", [("adult", "Adult", 1)]
    yield "fare_media", "fare_media_id fare_media_name fare_media_type", [("card", "City Card", 2)]
    yield (
        "fare_products",
        "fare_product_id fare_product_name amount currency fare_media_id rider_category_id",
        [("single", "Single", "3500.00", "IDR", "card", "adult")],
    )
    columns = "leg_group_id network_id from_area_id to_area_id from_timeframe_group_id fare_product_id"
    yield (
        "fare_leg_rules",
        columns,
        [("core", "n", "centre", "", "peak", "single"), ("core", "n", "", "", "", "single")],
    )
    columns = "from_leg_group_id to_leg_group_id transfer_count duration_limit duration_limit_type fare_transfer_type"
    yield "fare_transfer_rules", columns, [("core", "core", 1, 3600, 0, 0)]
    yield (
        "translations",
        "table_name field_name language translation record_id",
        [("stops", "stop_name", "id", f"Halte Nomor {one}", f"s{one}") for one in range(STOPS)],
    )
    yield "attributions", "attribution_id organization_name is_producer", [("x", "Large Transit", 1)]
