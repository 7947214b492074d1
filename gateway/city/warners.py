"""Which agencies act on warnings, for showing and hiding; what somebody may do is decided in the pillar."""

from __future__ import annotations

import tomllib
from functools import lru_cache

from services.kit.city import City


@lru_cache(maxsize=4)
def warners_of(city: City) -> frozenset[str]:
    """The agencies that ``warnings.toml`` names; environment checks the file when it starts. None without the file."""
    path = city.folder / "warnings.toml"
    if not path.exists():
        return frozenset()
    return frozenset(tomllib.loads(path.read_text(encoding="utf-8")).get("agencies", ()))
