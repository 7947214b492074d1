"""A city's profile as all read it: every file, who reads it, and everything that is wrong with it.

The kit reads what all need. The rest is the pillars', whose readers are named here once; a test finds one that is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from services.kit.city import City, Problem

OF_ALL = (
    *("profile.toml", "areas.csv", "areas.geojson", "map.geojson", "agencies.csv", "categories.csv", "routing.csv"),
    *("holidays.csv", "clocks.toml", "landmarks.csv", "landmarks_osm.csv", "services.csv", "emergency.toml"),
    "demo.toml",
)
"""What the kit reads for all (``services/kit/city/``)."""
UNREAD = ("SOURCES.md",)
"""For people."""


@dataclass(frozen=True)
class Reader:
    """A function of a pillar that reads some files of the profile, and raises CityError for what is wrong in them."""

    module: str
    function: str
    files: tuple[str, ...]

    def read(self, city: City) -> None:
        """Reads them. Raises CityError."""
        function: Callable[[City], Any] = getattr(import_module(f"services.{self.module}"), self.function)
        function(city)


READERS = (
    Reader("governance.protocol.model", "found_of", ("emergency_protocol.toml",)),
    Reader("governance.demo.emergency", "vehicles_of", ("emergency_units.toml",)),
    Reader("governance.city_indicators.profile", "measured", ("indicators.toml", "indicators.csv")),
    Reader("governance.performance.formulas", "terms_of", ("performance.toml",)),
    Reader("economy.terms", "terms_of", ("economy.toml",)),
    Reader("economy.levies.tariffs", "tariffs_of", ("levies.csv",)),
    Reader("economy.permit_kinds.profile", "terms_of_permits", ("permits.toml",)),
    Reader("living.making.profile", "network_of", (
        *("transit.toml", "transit_stops.csv", "transit_stops_osm.csv", "transit_routes.csv"),
        *("transit_route_stops.csv", "transit_fares.csv"),
    )),
    Reader("living.vehicles.profile", "operators", ("transit.toml",)),
    Reader("living.feed_imports.access", "importers", ("transit.toml",)),
    Reader("living.fares.terms", "terms_of", ("rides.toml", "transit_fares.csv")),
    Reader("living.facilities.profile", "facilities_of", ("facilities.csv", "facilities_osm.csv")),
    Reader("living.alerts.profile", "rules_of", ("alerts.toml",)),
    Reader("environment.registry.profile", "profile_of", ("things.csv", "datastreams.csv", "rules.csv")),
    Reader("environment.criteria.profile", "criteria_of", ("warnings.toml",)),
    Reader("environment.pumps.profile", "pumps_of", ("pumps.csv",)),
    Reader("environment.fleet.profile", "fleet_of", ("waste.toml",)),
    Reader("environment.air.table", "table_of", ("ispu.json",)),
    Reader("society.kinds.profile", "participation_of", ("participation.toml",)),
    Reader("society.registration.profile", "office_of", ("residents.toml",)),
    Reader("society.terms.profile", "terms_of", ("courses.toml",)),
    Reader("society.satisfaction.profile", "surveys_of", ("surveys.toml",)),
    Reader("branding.terms.profile", "terms_of", ("tickets.toml",)),
    Reader("branding.destinations.profile", "destinations_of", ("destinations.csv", "destinations_osm.csv")),
    Reader("branding.day_trips.profile", "trips_of", ("day_trips.toml",)),
    Reader("branding.city_events.profile", "terms_of", ("events.toml",)),
    Reader("branding.city_events.profile", "events_of", ("events.csv",)),
)  # fmt: skip


def files() -> frozenset[str]:
    """Every file that somebody reads."""
    return frozenset(OF_ALL).union(*(reader.files for reader in READERS))


def wrong(name: str, root: Path | None = None, *, polygons: bool = False) -> list[str]:
    """Everything that is wrong with a profile, each as ``file:line: what; remedy``, once.

    What names something of a file that cannot be read is told once that file is mended; what is wrong elsewhere is told
    all the same. With ``polygons`` also those that cross themselves.
    """
    from services.kit.city import decided

    city, found = _city(name, root)
    if city is not None:
        found += [problem for read in _all(city) for problem in _tried(read)]
        found += _tried(city.check_points) if polygons else []
    lines = {str(problem) for problem in decided(found)}
    if city is not None:
        lines |= {*_strange(city.folder), *(_crossing(city) if polygons else ())}
    return sorted(lines)


def _city(name: str, root: Path | None) -> tuple[City | None, list[Problem]]:
    """The city, or as much of it as can be read: none where there is no such folder; and what is wrong with it."""
    from services.kit.city import CityError, load_city, part_of_city

    try:
        return load_city(name, root), []
    except CityError as error:
        return part_of_city(name, root), list(error.problems)


def _crossing(city: City) -> Iterator[str]:
    where = f"{city.folder.parent.name}/{city.folder.name}/areas.geojson:1"
    yield from (f"{where}: {code} crosses itself; redraw it" for code in city.invalid_polygons())


def _all(city: City) -> Iterator[Callable[[], Any]]:
    yield city.demo
    for reader in READERS:
        yield partial(reader.read, city)


def _tried(read: Callable[[], Any]) -> list[Problem]:
    from services.kit.city import CityError

    try:
        read()
    except CityError as error:
        return list(error.problems)
    return []


def _strange(folder: Path) -> Iterator[str]:
    """Files that nobody reads: a name that is misspelt means that the file does nothing, without a word."""
    from difflib import get_close_matches

    known = files()
    for path in sorted(folder.iterdir()):
        if path.name in known or path.name in UNREAD or path.name.startswith(".") or path.name.endswith("~"):
            continue
        meant = get_close_matches(path.name, known, 1)
        remedy = f"call it {meant[0]}" if meant else "take it away, or name it as cities/README.md does"
        yield f"{folder.parent.name}/{folder.name}/{path.name}:1: nobody reads this file; {remedy}"
