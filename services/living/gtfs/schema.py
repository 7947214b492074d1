"""The files of GTFS Schedule and their columns, as the canonical validator's schema has them.

A line that begins at the margin is a file: `!` required. The others are its columns with their kind: `!` required,
`?` the column is required but may be empty, `~` recommended, `=` part of the key, `>` what it refers to.
"""

from dataclasses import dataclass
from functools import cache

_FILES = """
agency !
  agency_id id =
  agency_name mixed !
  agency_url url !
  agency_timezone zone !
  agency_lang language
  agency_phone phone
  agency_fare_url url
  agency_email email
  cemv_support 0,1,2
stops
  stop_id id ! =
  stop_code text
  stop_name mixed
  tts_stop_name text
  stop_desc text
  stop_lat lat
  stop_lon lon
  zone_id id
  stop_url url
  location_type 0,1,2,3,4
  parent_station id >stops.stop_id
  stop_timezone zone
  wheelchair_boarding 0,1,2
  level_id id >levels.level_id
  platform_code text
  stop_access 0,1
routes !
  route_id id ! =
  agency_id id >agency.agency_id
  route_short_name mixed
  route_long_name mixed
  route_desc mixed
  route_type route !
  route_url url
  route_color color
  route_text_color color
  route_sort_order natural
  continuous_pickup 0,1,2,3
  continuous_drop_off 0,1,2,3
  network_id id
  cemv_support 0,1,2
calendar
  service_id id ! =
  monday 0,1 !
  tuesday 0,1 !
  wednesday 0,1 !
  thursday 0,1 !
  friday 0,1 !
  saturday 0,1 !
  sunday 0,1 !
  start_date date !
  end_date date !
calendar_dates
  service_id id ! =
  date date ! =
  exception_type 1,2 !
trips !
  route_id id ! >routes.route_id
  service_id id !
  trip_id id ! =
  trip_headsign mixed
  trip_short_name mixed
  direction_id 0,1
  block_id id
  shape_id id >shapes.shape_id
  wheelchair_accessible 0,1,2
  bikes_allowed 0,1,2
  cars_allowed 0,1,2
  safe_duration_factor float
  safe_duration_offset float
stop_times !
  trip_id id ! >trips.trip_id
  arrival_time time
  departure_time time
  stop_id id >stops.stop_id
  location_group_id id
  location_id id
  stop_sequence natural !
  stop_headsign text
  start_pickup_drop_off_window time
  end_pickup_drop_off_window time
  pickup_type 0,1,2,3
  drop_off_type 0,1,2,3
  continuous_pickup 0,1,2,3
  continuous_drop_off 0,1,2,3
  shape_dist_traveled measure
  timepoint 0,1
  pickup_booking_rule_id id
  drop_off_booking_rule_id id
frequencies
  trip_id id ! = >trips.trip_id
  start_time time ! =
  end_time time !
  headway_secs positive !
  exact_times 0,1
transfers
  from_stop_id id = >stops.stop_id
  to_stop_id id = >stops.stop_id
  from_route_id id = >routes.route_id
  to_route_id id = >routes.route_id
  from_trip_id id = >trips.trip_id
  to_trip_id id = >trips.trip_id
  transfer_type 0,1,2,3,4,5 ?
  min_transfer_time natural
shapes
  shape_id id !
  shape_pt_lat lat !
  shape_pt_lon lon !
  shape_pt_sequence natural !
  shape_dist_traveled measure
levels
  level_id id ! =
  level_index float !
  level_name mixed
pathways
  pathway_id id ! =
  from_stop_id id ! >stops.stop_id
  to_stop_id id ! >stops.stop_id
  pathway_mode 1,2,3,4,5,6,7 !
  is_bidirectional 0,1 !
  length measure
  traversal_time positive
  stair_count nonzero
  max_slope float
  min_width width
  signposted_as mixed
  reversed_signposted_as mixed
fare_attributes
  fare_id id ! =
  price money !
  currency_type currency !
  payment_method 0,1 !
  transfers 0,1,2
  agency_id id >agency.agency_id
  transfer_duration natural
fare_rules
  fare_id id ! = >fare_attributes.fare_id
  route_id id = >routes.route_id
  origin_id id = >stops.zone_id
  destination_id id = >stops.zone_id
  contains_id id = >stops.zone_id
areas
  area_id id ! =
  area_name text
stop_areas
  area_id id ! = >areas.area_id
  stop_id id ! = >stops.stop_id
networks
  network_id id ! =
  network_name mixed
route_networks
  network_id id ! >networks.network_id
  route_id id ! = >routes.route_id
timeframes
  timeframe_group_id id =
  start_time time =
  end_time time =
  service_id id ! =
rider_categories
  rider_category_id id ! =
  rider_category_name text !
  is_default_fare_category 0,1 ?
  eligibility_url url
fare_media
  fare_media_id id ! =
  fare_media_name text
  fare_media_type 0,1,2,3,4 !
fare_products
  fare_product_id id ! =
  fare_product_name text
  amount amount !
  currency currency !
  fare_media_id id = >fare_media.fare_media_id
  rider_category_id id = >rider_categories.rider_category_id
fare_leg_rules
  leg_group_id id
  network_id id =
  from_area_id id = >areas.area_id
  to_area_id id = >areas.area_id
  from_timeframe_group_id id = >timeframes.timeframe_group_id
  to_timeframe_group_id id = >timeframes.timeframe_group_id
  fare_product_id id ! = >fare_products.fare_product_id
  rule_priority natural
fare_leg_join_rules
  from_network_id id !
  to_network_id id !
  from_stop_id id >stops.stop_id
  to_stop_id id >stops.stop_id
fare_transfer_rules
  from_leg_group_id id = >fare_leg_rules.leg_group_id
  to_leg_group_id id = >fare_leg_rules.leg_group_id
  transfer_count int =
  duration_limit positive =
  duration_limit_type 0,1,2,3
  fare_transfer_type 0,1,2 !
  fare_product_id id = >fare_products.fare_product_id
translations
  table_name text ! =
  field_name text ! =
  language language ! =
  translation text !
  record_id text =
  record_sub_id text =
  field_value text =
attributions
  attribution_id id =
  agency_id id >agency.agency_id
  route_id id >routes.route_id
  trip_id id >trips.trip_id
  organization_name text !
  is_producer 0,1
  is_operator 0,1
  is_authority 0,1
  attribution_url url
  attribution_email email
  attribution_phone phone
feed_info
  feed_publisher_name text !
  feed_publisher_url url !
  feed_lang language !
  default_lang language
  feed_start_date date ~
  feed_end_date date ~
  feed_version text ~
  feed_contact_email email
  feed_contact_url url
"""
FLEXIBLE = ("locations.geojson", "location_groups.txt", "location_group_stops.txt", "booking_rules.txt")
"""Files of service without fixed stops or times, which is left out."""


@dataclass(frozen=True)
class Column:
    """A column of a file."""

    name: str
    kind: str
    """What its values are (``values.py``); digits are those of an enumeration."""
    required: bool
    column_required: bool
    recommended: bool
    key: bool
    refers: tuple[str, str] | None
    """File and column in which its values must be found."""


@dataclass(frozen=True)
class File:
    """A file of a feed."""

    name: str
    required: bool
    columns: dict[str, Column]

    @property
    def key(self) -> tuple[str, ...]:
        """The columns whose values together are unique."""
        return tuple(one.name for one in self.columns.values() if one.key)


@cache
def files() -> dict[str, File]:
    """All files by their name, in the order in which they are read."""
    found: dict[str, File] = {}
    columns: dict[str, Column] = {}
    for line in _FILES.strip().splitlines():
        name, *flags = line.split()
        if not line.startswith(" "):
            columns = {}
            found[f"{name}.txt"] = File(f"{name}.txt", "!" in flags, columns)
            continue
        kind, *flags = flags
        refers = next((tuple(one[1:].split(".")) for one in flags if one.startswith(">")), None)
        to = None if refers is None else (f"{refers[0]}.txt", refers[1])
        columns[name] = Column(name, kind, "!" in flags, bool({"!", "?"} & {*flags}), "~" in flags, "=" in flags, to)
    return found
