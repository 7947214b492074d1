"""Which agency of a city verifies residents. The society pillar checks ``residents.toml`` when it starts; here it is
only read, for showing and hiding.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache

from services.kit.city import City


@lru_cache(maxsize=4)
def registration_agency(city: City) -> str:
    """The agency; empty where nobody is verified."""
    path = city.folder / "residents.toml"
    return str(tomllib.loads(path.read_text(encoding="utf-8"))["agency"]) if path.exists() else ""
