"""What the pages need of a city's terms of tickets: who sells them.

The branding pillar checks ``tickets.toml`` when it starts; here it is only read.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache

from services.kit.city import City


@lru_cache(maxsize=4)
def sellers_of(city: City) -> frozenset[str]:
    """The agencies that sell tickets; none where the city sells none."""
    path = city.folder / "tickets.toml"
    if not path.exists():
        return frozenset()
    return frozenset(tomllib.loads(path.read_text(encoding="utf-8"))["agencies"])
