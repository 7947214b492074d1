"""What the shown rows come from, where a licence asks for it to be said."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from services.kit.city import City

_OSM = re.compile(r"\b(OpenStreetMap|OSM|ODbL)\b", re.IGNORECASE)


def of_osm(city: City, file: str, rows: Sequence[Any], kind: str = "") -> bool:
    """Whether something of what is shown is from OpenStreetMap: a row says so, or the live map, which is there as soon
    as a row has a point and shows more than these rows, can have some of the city's ``file`` of such rows. Where one
    kind alone is shown, the map has that alone.
    """
    if any(_OSM.search(one.source) for one in rows):
        return True
    there = _kinds(city.folder / file)
    return any(one.location for one in rows) and (kind in there if kind else bool(there))


def stops_of_osm(city: City) -> bool:
    """Whether stops of the timetable that is made of the city's profile are where OpenStreetMap has them."""
    return (city.folder / "transit_stops_osm.csv").exists()


@cache
def _kinds(path: Path) -> frozenset[str]:
    """The kinds that a file has rows of; none where there is no file."""
    if not path.exists():
        return frozenset()
    with path.open(newline="", encoding="utf-8") as lines:
        return frozenset(row["kind"] for row in csv.DictReader(line for line in lines if not line.startswith("#")))
