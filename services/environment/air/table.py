"""The table of the air index, read from ``ispu.json`` of the city's profile. A city may have none, and has no index."""

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from services.environment.air.ispu import Category, Table
from services.environment.datastreams.model import OBSERVED
from services.kit.city import City
from services.kit.city.files import Fault, read_optional

FILE = "ispu.json"


@lru_cache(maxsize=8)
def table_of(city: City) -> Table | None:
    """The city's table; None where it has none. Raises CityError that lists all that is wrong."""
    return read_optional(city.folder, FILE, Table, _faults)


def _faults(table: Table) -> Iterator[Fault]:
    if not _rises(table.levels):
        yield ("levels",), "levels do not rise from 0", "give at least two, the first of them 0"
    for pollutant, nodes in table.nodes.items():
        at = (pollutant.value,)
        if len(nodes) != len(table.levels) or not _rises(nodes):
            message = f'breakpoints of "{pollutant.value}" do not rise from 0 with the levels'
            yield at, message, "give one for each level"
        if OBSERVED[pollutant].unit != table.unit:
            message = f'"{pollutant.value}" is not measured in {table.unit}'
            yield at, message, "name pollutants only, all in ug/m3"
    at = ("categories",)
    if [one.category for one in table.categories] != list(Category):
        yield at, "categories are not the five of the index", f"name {', '.join(one.value for one in Category)}"
    most = [math.inf if one.most is None else one.most for one in table.categories]
    if most[-1:] != [math.inf] or not _rises([0, *most]):
        yield at, "categories do not rise", "say up to which index each reaches; the last has no end"


def _rises(values: Sequence[float]) -> bool:
    return len(values) > 1 and values[0] == 0 and all(one < other for one, other in pairwise(values))
