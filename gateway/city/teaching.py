"""Which agencies of a city offer courses. The society pillar checks ``courses.toml`` when it starts; here it is only
read, for showing and hiding.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache

from services.kit.city import City


@lru_cache(maxsize=4)
def teaching_agencies(city: City) -> frozenset[str]:
    """The agencies; none where there are no courses."""
    path = city.folder / "courses.toml"
    return frozenset(tomllib.loads(path.read_text(encoding="utf-8"))["agencies"]) if path.exists() else frozenset()
