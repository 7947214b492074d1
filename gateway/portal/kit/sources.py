"""What the shown rows come from, where a licence asks for it to be said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from services.kit.city import City

_OSM = re.compile(r"\b(OpenStreetMap|OSM|ODbL)\b", re.IGNORECASE)


def of_osm(city: City, file: str, rows: Sequence[Any]) -> bool:
    """Whether something of what is shown is from OpenStreetMap: a row says so, or the live map, which is there as soon
    as a row has a point and shows more than these rows, can have some of the city's ``file`` of such rows.
    """
    if any(_OSM.search(one.source) for one in rows):
        return True
    return any(one.location for one in rows) and (city.folder / file).exists()
