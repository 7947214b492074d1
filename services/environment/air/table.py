"""The table of the air index, read from ``ispu.json`` of the city's profile. A city may have none, and has no index."""

import json
import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import msgspec
from msgspec import Struct

from services.environment.air.ispu import Category, Table
from services.environment.datastreams.model import OBSERVED, Property
from services.kit.city import City
from services.kit.city.files import CityError, Problem

FILE = "ispu.json"


class _Category(Struct, forbid_unknown_fields=True, rename={"name": "category"}):
    name: Category
    most: int | None = None


class _File(Struct, forbid_unknown_fields=True):
    version: str
    title: str
    source: str
    doubt: str
    unit: str
    levels: list[int]
    breakpoints: dict[Property, list[float]]
    categories: list[_Category]


def table_of(city: City) -> Table | None:
    """The city's table; None where it has none. Raises CityError that lists all that is wrong."""
    return _read(city.folder)


@lru_cache
def _read(folder: Path) -> Table | None:
    path = folder / FILE
    if not path.exists():
        return None
    label = f"{folder.parent.name}/{folder.name}/{FILE}"
    try:
        read = msgspec.convert(json.loads(path.read_text(encoding="utf-8")), _File)
    except (ValueError, msgspec.ValidationError) as error:
        raise CityError([Problem(label, 1, str(error), "compare with cities/README.md")]) from error
    wrong = [Problem(label, 1, message, remedy) for message, remedy in _faults(read)]
    if wrong:
        raise CityError(wrong)
    categories = [(math.inf if one.most is None else one.most, one.name) for one in read.categories]
    return Table(read.version, read.title, read.source, read.doubt, read.levels, read.breakpoints, categories)


def _faults(read: _File) -> Iterator[tuple[str, str]]:
    if not _rises(read.levels):
        yield "levels do not rise from 0", "give at least two, the first of them 0"
    for pollutant, nodes in read.breakpoints.items():
        if len(nodes) != len(read.levels) or not _rises(nodes):
            yield f'breakpoints of "{pollutant.value}" do not rise from 0 with the levels', "give one for each level"
        if OBSERVED[pollutant].unit != read.unit:
            yield f'"{pollutant.value}" is not measured in {read.unit}', "name pollutants only, all in ug/m3"
    if [one.name for one in read.categories] != list(Category):
        yield "categories are not the five of the index", f"name {', '.join(one.value for one in Category)}"
    most = [math.inf if one.most is None else one.most for one in read.categories]
    if most[-1:] != [math.inf] or not _rises([0, *most]):
        yield "categories do not rise", "say up to which index each reaches; the last has no end"


def _rises(values: Sequence[float]) -> bool:
    return len(values) > 1 and values[0] == 0 and all(one < other for one, other in pairwise(values))
