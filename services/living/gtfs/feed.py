"""A feed in memory: its tables, and the small numbers by which its rows know each other."""

from dataclasses import dataclass, field
from functools import cached_property

from services.living.gtfs.findings import Findings
from services.living.gtfs.schema import files
from services.living.gtfs.tables import Table


@dataclass
class FeedTables:
    """The tables of a feed by the names of their files, and what was found in them."""

    tables: dict[str, Table]
    findings: Findings = field(default_factory=Findings)

    def __getitem__(self, name: str) -> Table:
        """A table: ``feed["stops"]``. One that is not there is empty."""
        file = f"{name}.txt"
        found = self.tables.get(file)
        if found is None:
            found = self.tables[file] = Table(files()[file], present=False)
        return found

    @cached_property
    def stops(self) -> dict[str, int]:
        """The row of each stop by its id."""
        return _numbers(self["stops"].text("stop_id"))

    @cached_property
    def routes(self) -> dict[str, int]:
        """The row of each route by its id."""
        return _numbers(self["routes"].text("route_id"))

    @cached_property
    def trips(self) -> dict[str, int]:
        """The row of each trip by its id."""
        return _numbers(self["trips"].text("trip_id"))

    @cached_property
    def agencies(self) -> dict[str, int]:
        """The row of each agency by its id."""
        return _numbers(self["agency"].text("agency_id"))

    @cached_property
    def services(self) -> dict[str, int]:
        """A number for each service, of those in calendar.txt first."""
        named = [*self["calendar"].text("service_id"), *self["calendar_dates"].text("service_id")]
        return {one: place for place, one in enumerate(dict.fromkeys(one for one in named if one))}

    @cached_property
    def shapes(self) -> dict[str, int]:
        """A number for each shape, in the order of their first points."""
        named = dict.fromkeys(self["shapes"].text("shape_id"))
        return {one: place for place, one in enumerate(one for one in named if one)}


def _numbers(ids: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, one in enumerate(ids):
        found.setdefault(one, place)
    return found
