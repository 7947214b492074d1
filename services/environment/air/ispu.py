"""The air index of Indonesia (ISPU): from concentrations to a number, a class and the pollutant behind it. Pure.

Peraturan Menteri LHK P.14/2020: each pollutant's rolling 24-hour mean is placed between two breakpoints of its column
and read off in proportion; the index is the worst of them. The table is data (``cities/<city>/ispu.json``), with its
source and version, since copies of it differ in the topmost node.
"""

import math
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from msgspec import Struct, field

from services.environment.datastreams.model import Property

HOURS = 24
"""Over which a mean is taken."""
LEAST_HOURS = 18
"""Hours that a mean needs (three quarters, as for the standards of ambient air): fewer tell nothing."""


class Category(Enum):
    """What an index means for people, from the best to the worst; the colours are green to black."""

    GOOD = "good"
    MODERATE = "moderate"
    UNHEALTHY = "unhealthy"
    VERY_UNHEALTHY = "very_unhealthy"
    HAZARDOUS = "hazardous"


class Reach(Struct, frozen=True, forbid_unknown_fields=True):
    """Up to which index a category reaches; None: without end."""

    category: Category
    most: int | None = None


class Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the file says. ``nodes[pollutant][i]``, in the unit, is where the index is ``levels[i]``."""

    version: str
    title: str
    source: str
    doubt: str
    """What is not certain about the numbers."""
    unit: str
    levels: tuple[int, ...]
    nodes: Mapping[Property, tuple[float, ...]] = field(name="breakpoints")
    categories: tuple[Reach, ...]
    """From the best to the worst."""


@dataclass(frozen=True)
class Index:
    """An index with what it rests on."""

    value: int
    category: Category
    worst: Property


def part(table: Table, pollutant: Property, concentration: float) -> int:
    """A pollutant's own index, rounded half up. Below nothing is nothing: a sensor's noise around zero. Beyond the last
    node it goes on at the last slope.
    """
    levels, nodes = table.levels, table.nodes[pollutant]
    found = max(0.0, concentration)
    upper = min(max(1, bisect_left(nodes, found)), len(nodes) - 1)
    low, high = nodes[upper - 1], nodes[upper]
    exact = levels[upper - 1] + (levels[upper] - levels[upper - 1]) * (found - low) / (high - low)
    return math.floor(exact + 0.5)


def index(table: Table, means: Mapping[Property, float]) -> Index | None:
    """The index of a station by the means that rest on enough hours; None without any. It is rounded before it is
    classed, and of several that are equally bad the first of the table is named.
    """
    parts = {pollutant: part(table, pollutant, means[pollutant]) for pollutant in table.nodes if pollutant in means}
    if not parts:
        return None
    worst = max(parts, key=lambda pollutant: parts[pollutant])
    return Index(parts[worst], category_of(table, parts[worst]), worst)


def category_of(table: Table, value: int) -> Category:
    """The category of an index."""
    return next(one.category for one in table.categories if one.most is None or value <= one.most)
