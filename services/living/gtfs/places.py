"""Stops, stations, entrances, nodes and boarding areas, and the pathways between them."""

from collections import defaultdict
from collections.abc import Iterator
from math import isnan
from typing import NamedTuple

from services.living.gtfs.feed import FeedTables
from services.living.gtfs.values import MISSING

STOP, STATION, ENTRANCE, NODE, BOARDING = range(5)
_FILE = "stops.txt"
_PARENTS = {STOP: STATION, ENTRANCE: STATION, NODE: STATION, BOARDING: STOP}
_LIFT, _EXIT_GATE = 5, 7


class Place(NamedTuple):
    """A row of stops.txt."""

    line: int
    id: str
    name: str
    description: str
    lat: float
    lon: float
    kind: int
    parent: str
    platform: str
    level: str
    access: int


def places(feed: FeedTables) -> Iterator[Place]:
    """The rows of stops.txt; a kind that is not given is a stop."""
    columns = ("stop_id", "stop_name", "stop_desc", "stop_lat", "stop_lon", "location_type", "parent_station")
    for row in feed["stops"].rows(*columns, "platform_code", "level_id", "stop_access"):
        place = Place(*row)
        yield place._replace(kind=STOP) if place.kind == MISSING else place


def check(feed: FeedTables) -> None:
    """Places and pathways."""
    every = list(places(feed))
    by_id = {one.id: one for one in every}
    children: dict[str, list[Place]] = defaultdict(list)
    for one in every:
        if one.parent:
            children[one.parent].append(one)
    for one in every:
        _check_point(feed, one)
        _check_place(feed, one)
        _check_parent(feed, one, by_id)
        if one.kind == STATION and not any(child.kind == STOP for child in children[one.id]):
            feed.findings.add("unused_station", _FILE, one.line, f"{one.id} is the station of no stop")
    if feed["pathways"]:
        _check_pathways(feed, by_id, children)


def _check_point(feed: FeedTables, one: Place) -> None:
    if isnan(one.lat) or isnan(one.lon):
        if one.kind in {STOP, STATION, ENTRANCE}:
            feed.findings.add("stop_without_location", _FILE, one.line, f"{one.id} has no stop_lat or no stop_lon")
    elif abs(one.lat) <= 1 and abs(one.lon) <= 1:
        feed.findings.add("point_near_origin", _FILE, one.line, f"{one.id} lies near 0, 0")
    elif abs(one.lat) >= 89:
        feed.findings.add("point_near_pole", _FILE, one.line, f"{one.id} lies near a pole")


def _check_place(feed: FeedTables, one: Place) -> None:
    add = feed.findings.add
    if not one.name and one.kind in {STOP, STATION, ENTRANCE}:
        add("missing_stop_name", _FILE, one.line, f"{one.id} has no stop_name")
    if one.name and one.name.casefold() == one.description.casefold():
        add("same_name_and_description_for_stop", _FILE, one.line, f"{one.name!r} is its stop_desc too")
    if one.parent and one.kind == STATION:
        add("station_with_parent_station", _FILE, one.line, f"station {one.id} has parent_station {one.parent}")
    if not one.parent and one.kind in {ENTRANCE, NODE, BOARDING}:
        add("location_without_parent_station", _FILE, one.line, f"{one.id} has no parent_station")
    if not one.parent and one.kind == STOP and one.platform:
        add("platform_without_parent_station", _FILE, one.line, f"{one.id} has a platform_code and no parent_station")
    if one.access != MISSING:
        if one.kind != STOP:
            add("stop_access_specified_for_incorrect_location", _FILE, one.line, f"{one.id} is no stop")
        elif not one.parent:
            add("stop_access_specified_for_stop_with_no_parent_station", _FILE, one.line, f"{one.id} has no station")


def _check_parent(feed: FeedTables, one: Place, by_id: dict[str, Place]) -> None:
    parent = by_id.get(one.parent)
    expected = _PARENTS.get(one.kind)
    if parent is not None and expected is not None and parent.kind != expected:
        detail = f"parent_station {parent.id} has location_type {parent.kind}, which must be {expected}"
        feed.findings.add("wrong_parent_location_type", _FILE, one.line, detail)


def _check_pathways(feed: FeedTables, by_id: dict[str, Place], children: dict[str, list[Place]]) -> None:
    columns = ("pathway_id", "from_stop_id", "to_stop_id", "pathway_mode", "is_bidirectional")
    ways: dict[str, set[str]] = defaultdict(set)
    back: dict[str, set[str]] = defaultdict(set)
    lifts = set()
    for line, name, start, end, mode, both in feed["pathways"].rows(*columns):
        if start == end:
            feed.findings.add("pathway_loop", "pathways.txt", line, f"{name} leads from {start} to itself")
        if mode == _EXIT_GATE and both == 1:
            feed.findings.add("bidirectional_exit_gate", "pathways.txt", line, f"{name} is an exit gate")
        for column, one in (("from_stop_id", start), ("to_stop_id", end)):
            _check_end(feed, line, column, by_id.get(one), children)
        if mode == _LIFT:
            lifts |= {start, end}
        ways[start].add(end)
        back[end].add(start)
        if both == 1:
            ways[end].add(start)
            back[start].add(end)
    for one in (by_id[each] for each in sorted(lifts & by_id.keys())):
        if not one.level:
            feed.findings.add("missing_level_id", _FILE, one.line, f"{one.id} has a lift and no level_id")
    _check_reach(feed, by_id, children, ways, back)


def _check_end(feed: FeedTables, line: int, column: str, one: Place | None, children: dict[str, list[Place]]) -> None:
    if one is None:
        return
    if one.kind == STATION:
        feed.findings.add("pathway_to_wrong_location_type", "pathways.txt", line, f"{column}: {one.id} is a station")
    elif one.kind == STOP and any(child.kind == BOARDING for child in children[one.id]):
        detail = f"{column}: {one.id} has boarding areas; lead to these"
        feed.findings.add("pathway_to_platform_with_boarding_areas", "pathways.txt", line, detail)
    elif one.access == 1:
        code = "pathway_to_stop_with_access_outside_of_station_pathways"
        feed.findings.add(code, "pathways.txt", line, f"{column}: {one.id} has stop_access 1")


def _check_reach(
    feed: FeedTables,
    by_id: dict[str, Place],
    children: dict[str, list[Place]],
    ways: dict[str, set[str]],
    back: dict[str, set[str]],
) -> None:
    """In a station with pathways everything is reached from an entrance, and leads to one."""
    entrances = [one.id for one in by_id.values() if one.kind == ENTRANCE]
    entered, left = _walked(entrances, ways), _walked(entrances, back)
    joined = ways.keys() | back.keys()
    stations = {_station(by_id, one) for one in joined} - {""}
    for one in by_id.values():
        if one.kind == NODE and len((ways[one.id] | back[one.id]) - {one.id}) == 1:
            feed.findings.add("pathway_dangling_generic_node", _FILE, one.line, f"{one.id} leads nowhere")
        if _station(by_id, one.id) not in stations or one.kind in {STATION, ENTRANCE}:
            continue
        if one.kind == STOP and children[one.id]:
            continue
        if one.id not in entered or one.id not in left:
            missing = "cannot be reached from an entrance" if one.id not in entered else "leads to no exit"
            feed.findings.add("pathway_unreachable_location", _FILE, one.line, f"{one.id} {missing}")


def _station(by_id: dict[str, Place], name: str) -> str:
    """The station that a place belongs to; empty for none."""
    one = by_id.get(name)
    for _ in range(3):
        if one is None:
            return ""
        if one.kind == STATION:
            return one.id
        one = by_id.get(one.parent)
    return ""


def _walked(start: list[str], ways: dict[str, set[str]]) -> set[str]:
    seen, waiting = set(start), list(start)
    while waiting:
        for one in ways.get(waiting.pop(), ()):
            if one not in seen:
                seen.add(one)
                waiting.append(one)
    return seen
