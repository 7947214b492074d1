"""What is found in a feed, with the codes and severities of the canonical validator (MobilityData gtfs-validator 7)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

MOST_OF_A_CODE = 1_000
"""Findings of one code in one file that are kept one by one; all are counted."""
_LONGEST = 300


class Severity(Enum):
    """How bad it is. A feed with an error is not imported."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


_WARNINGS = """
attribution_without_role duplicate_fare_media duplicate_route_name empty_row
equal_shape_distance_diff_coordinates_distance_below_threshold equal_shape_distance_same_coordinates expired_calendar
fast_travel_between_consecutive_stops fast_travel_between_far_stops feed_expiration_date7_days
feed_expiration_date30_days feed_info_lang_and_agency_lang_mismatch inconsistent_agency_lang
inconsistent_route_type_for_block_id inconsistent_route_type_for_in_seat_transfer missing_bike_allowance
missing_feed_contact_email_and_url missing_feed_info_date missing_recommended_field missing_recommended_file
missing_timepoint_value mixed_case_recommended_field more_than_one_entity non_ascii_or_non_printable_char
pathway_dangling_generic_node pathway_loop route_color_contrast route_long_name_contains_short_name
route_short_name_too_long same_name_and_description_for_route same_name_and_description_for_stop
same_route_and_agency_url same_stop_and_agency_url same_stop_and_route_url service_has_no_active_day_of_the_week
single_shape_point stop_too_far_from_shape stop_without_stop_time transfer_distance_too_large
transfer_with_suspicious_mid_trip_in_seat translation_unknown_table_name
trip_distance_exceeds_shape_distance_below_threshold unexpected_enum_value unusable_trip unused_shape unused_trip
"""
_INFOS = """
big_gap_in_service feed_valid_beyond_total_service_window flexible_service_left_out future_calendar future_feed
platform_without_parent_station service_extends_far_in_the_future service_window_outside_feed_period
stop_without_zone_id transfer_distance_above_2_km trip_headsign_matches_intermediate_stop
trip_with_shape_dist_traveled_but_no_shape_distances unknown_column unknown_file unsorted_stop_times unused_station
"""
_ERRORS = """
bidirectional_exit_gate block_trips_with_overlapping_stop_times csv_parsing_failed
decreasing_or_equal_stop_time_distance decreasing_shape_distance duplicate_key duplicated_column empty_column_name
empty_file equal_shape_distance_diff_coordinates fare_product_with_multiple_default_rider_categories
fare_transfer_rule_duration_limit_type_without_duration_limit fare_transfer_rule_duration_limit_without_type
fare_transfer_rule_invalid_transfer_count fare_transfer_rule_with_forbidden_transfer_count
fare_transfer_rule_without_transfer_count foreign_key_violation inconsistent_agency_timezone invalid_character
invalid_color invalid_currency invalid_currency_amount invalid_date invalid_email invalid_float
invalid_input_files_in_subfolder invalid_integer invalid_language_code invalid_phone_number invalid_row_length
invalid_time invalid_timezone invalid_url location_with_unexpected_stop_time location_without_parent_station
missing_calendar_and_calendar_date_files missing_level_id missing_required_agency_id missing_required_column
missing_required_field missing_required_file missing_stop_name missing_trip_edge new_line_in_value number_out_of_range
overlapping_frequency pathway_to_platform_with_boarding_areas
pathway_to_stop_with_access_outside_of_station_pathways pathway_to_wrong_location_type pathway_unreachable_location
point_near_origin point_near_pole route_both_short_and_long_name_missing route_networks_specified_in_more_than_one_file
start_and_end_range_equal start_and_end_range_out_of_order station_with_parent_station
stop_access_specified_for_incorrect_location stop_access_specified_for_stop_with_no_parent_station
stop_time_timepoint_without_times stop_time_with_arrival_before_previous_departure_time
stop_time_with_only_arrival_or_departure_time stop_without_location timeframe_only_start_or_end_time_specified
timeframe_overlap timeframe_start_or_end_time_greater_than_twenty_four_hours too_many_rows
transfer_with_invalid_stop_location_type transfer_with_invalid_trip_and_route transfer_with_invalid_trip_and_stop
translation_foreign_key_violation translation_unexpected_value trip_distance_exceeds_shape_distance
wrong_parent_location_type
"""
SEVERITIES = {
    **dict.fromkeys(_ERRORS.split(), Severity.ERROR),
    **dict.fromkeys(_WARNINGS.split(), Severity.WARNING),
    **dict.fromkeys(_INFOS.split(), Severity.INFO),
}
"""Each code that is looked for."""
_ORDER = {severity: place for place, severity in enumerate(Severity)}


@dataclass(frozen=True)
class Finding:
    """Something that is wrong, or worth a look."""

    code: str
    file: str
    line: int
    """Of the file, from 1; 0 where it concerns the whole of it."""
    detail: str
    """Which field or row, and what is wrong with it."""

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return SEVERITIES[self.code]


@dataclass(frozen=True)
class Count:
    """How often a code was found in a file, and the first of them."""

    first: Finding
    count: int


class Findings:
    """All that is found; of each code and file at most ``MOST_OF_A_CODE`` one by one."""

    def __init__(self) -> None:
        """Begins with none."""
        self._kept: dict[tuple[str, str], list[Finding]] = {}
        self._counts: dict[tuple[str, str], int] = {}

    def add(self, code: str, file: str, line: int = 0, detail: str = "") -> None:
        """Notes one."""
        assert code in SEVERITIES, code
        key = (code, file)
        self._counts[key] = self._counts.get(key, 0) + 1
        kept = self._kept.setdefault(key, [])
        if len(kept) < MOST_OF_A_CODE:
            kept.append(Finding(code, file, int(line), "".join(filter(str.isprintable, detail))[:_LONGEST]))

    def add_all(self, code: str, file: str, lines: Iterable[int], detail: str) -> None:
        """Notes one for each of some lines."""
        for line in lines:
            self.add(code, file, line, detail)

    def __iter__(self) -> Iterator[Finding]:
        """Those that are kept: the worst first, by file and line."""
        every = [one for kept in self._kept.values() for one in kept]
        return iter(sorted(every, key=lambda one: (_ORDER[one.severity], one.file, one.line, one.code)))

    def counts(self) -> list[Count]:
        """By severity, code and file."""
        found = [Count(kept[0], self._counts[key]) for key, kept in self._kept.items()]
        return sorted(found, key=lambda one: (_ORDER[one.first.severity], one.first.code, one.first.file))

    def total(self, severity: Severity) -> int:
        """How many of a severity were found."""
        return sum(count for (code, _), count in self._counts.items() if SEVERITIES[code] is severity)

    @property
    def broken(self) -> bool:
        """Whether there is any error."""
        return self.total(Severity.ERROR) > 0
