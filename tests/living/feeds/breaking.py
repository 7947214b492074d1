"""What feeds are broken with: other files than those of the plain one, and columns that it has not."""

from tests.living.feeds.depot import PLAIN

Files = dict[str, str | bytes | None]
Broken = dict[str, tuple[str, Files, str, int]]
"""By what is wrong: the code, the files that are otherwise, and the file and line that are told."""

AGENCY = PLAIN["agency.txt"]
STOPS = PLAIN["stops.txt"].replace("parent_station\n", "parent_station,platform_code,level_id,stop_access\n")


def stops(*lines: str) -> Files:
    """Stops with three more columns."""
    plain = [line + (",,," if number else "") for number, line in enumerate(STOPS.splitlines())]
    return {"stops.txt": "\n".join([*plain, *lines]) + "\n"}


def times(old: str, new: str) -> Files:
    """Calls that are otherwise."""
    return {"stop_times.txt": PLAIN["stop_times.txt"].replace(old, new)}


def table(file: str, *lines: str) -> Files:
    """A file of these lines."""
    return {file: "".join(f"{line}\n" for line in lines)}


PATHWAY = "pathway_id,from_stop_id,to_stop_id,pathway_mode,is_bidirectional"
TRANSFER = "from_stop_id,to_stop_id,transfer_type,from_trip_id,to_trip_id,from_route_id"
LEG = "from_leg_group_id,to_leg_group_id,transfer_count,duration_limit,duration_limit_type,fare_transfer_type"
LEGS: Files = {
    "fare_products.txt": "fare_product_id,amount,currency\none,3500.00,IDR\n",
    "fare_leg_rules.txt": "leg_group_id,fare_product_id\ncore,one\n",
}
TIMEPOINTS = "trip_id,arrival_time,departure_time,stop_id,stop_sequence,timepoint"
HEADWAY = "trip_id,start_time,end_time,headway_secs"
FRAME = "timeframe_group_id,start_time,end_time,service_id"
WORDS = "table_name,field_name,language,translation,record_id,field_value"
ROLE = "organization_name,is_producer"
ROUTE = "route_id,route_short_name,route_type"
PRODUCT = "fare_product_id,amount,currency"
RIDERS = "rider_category_id,rider_category_name,is_default_fare_category\na,A,1\nb,B,1\n"
FLEX = "trip_id,arrival_time,departure_time,stop_id,location_id,stop_sequence"
