"""The outlines of kelurahan as CAP takes them: closed rings without holes, from the city's small map."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from services.kit.city import City

Ring = Sequence[tuple[float, float]]
"""Points as (lon, lat), the first again at the end."""


def rings_of(city: City, areas: Iterable[str]) -> list[Ring]:
    """The outer rings of kelurahan, by their Kemendagri codes."""
    known = _outlines(city)
    return [ring for code in areas for ring in known.get(code, ())]


@lru_cache(maxsize=4)
def _outlines(city: City) -> Mapping[str, list[Ring]]:
    found = json.loads(city.geojson())
    return {each["properties"]["code"]: _rings(each["geometry"]) for each in found["features"]}


def _rings(geometry: Mapping[str, Any]) -> list[Ring]:
    coordinates = geometry["coordinates"]
    polygons = [coordinates] if geometry["type"] == "Polygon" else coordinates
    return [[(point[0], point[1]) for point in polygon[0]] for polygon in polygons]
