"""Draw a city's small map: areas.geojson, simplified as one coverage, becomes map.geojson.

    python cities/draw_map.py semarang

Borders are simplified once for both neighbours, so that no gaps open between them. Run it whenever areas.geojson or
areas.csv changes; the profile's validation names what no longer matches.
"""

import csv
import json
import sys
from pathlib import Path

import shapely
from shapely.geometry import mapping, shape

CITIES = Path(__file__).parent
STEPS = 260  # the simplification's tolerance is this part of the city's width: about 100 m for Kota Semarang
DECIMALS = 4  # about 11 m
COMPACT = json.JSONEncoder(separators=(",", ":"))


def draw(city: str) -> bytes:
    """Return the simplified map of `city` (a folder beside this file) as GeoJSON, one feature a line."""
    folder = CITIES / city
    with (folder / "areas.csv").open(encoding="utf-8") as file:
        areas = {row["code"]: row for row in csv.DictReader(line for line in file if not line.startswith("#"))}
    features = json.loads((folder / "areas.geojson").read_bytes())["features"]
    detailed = [shape(feature["geometry"]) for feature in features]
    west, _, east, _ = shapely.total_bounds(detailed)
    outlines = shapely.coverage_simplify(detailed, (east - west) / STEPS)
    lines = []
    for feature, outline in zip(features, outlines, strict=True):
        code = feature["properties"]["code"]
        properties = {
            "code": code,
            "name": areas[code]["name"],
            "district": areas[areas[code]["parent"]]["name"],
        }
        rounded = shapely.transform(outline, lambda points: points.round(DECIMALS))
        # RFC 7946, 3.1.6: the outer ring goes counterclockwise, holes the other way.
        geometry = mapping(shapely.orient_polygons(rounded if rounded.is_valid else outline))
        lines.append(COMPACT.encode({"type": "Feature", "properties": properties, "geometry": geometry}))
    return ('{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n").encode()


if __name__ == "__main__":
    for name in sys.argv[1:]:
        (CITIES / name / "map.geojson").write_bytes(draw(name))
