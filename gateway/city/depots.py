"""Names of the depots and trucks that collect waste, for stories. The environment pillar checks ``waste.toml`` when it
starts; here it is only read.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from services.kit.city import City


@dataclass(frozen=True)
class Depots:
    """Names by their ids; none where the city has no such file."""

    depots: Mapping[str, str]
    trucks: Mapping[str, str]


@lru_cache(maxsize=4)
def depots_of(city: City) -> Depots:
    """The depots of a city, and their trucks."""
    path = city.folder / "waste.toml"
    if not path.exists():
        return Depots({}, {})
    found = tomllib.loads(path.read_text(encoding="utf-8")).get("depots", ())
    trucks = {truck["id"]: truck["name"] for one in found for truck in one.get("trucks", ())}
    return Depots({one["id"]: one["name"] for one in found}, trucks)
