"""Polygons: which kelurahan a point lies in. Read on first use, since most processes never ask."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import compress
from pathlib import Path
from typing import Any, NamedTuple

from services.kit.city.files import Problems, read_text
from services.kit.city.model import Area

_SHARE = 0.05
"""How much of a polygon is covered when it counts: outlines that were drawn apart touch and overlap."""
_SPREAD = 8
"""Columns and rows of the points by which that is told."""
_GAP = 0.0005  # degrees, about 55 m: neighbours drawn apart leave slivers, and a pier ends beyond the coast line


class _Spread(NamedTuple):
    """Points in polygons: where they are, of which polygon each is, and how many each polygon has."""

    lons: Any
    lats: Any
    owners: list[int]
    counts: Counter[int]


class Boundaries:
    """The polygons of a city's kelurahan and desa in a spatial index."""

    def __init__(self, path: Path) -> None:
        """Read areas.geojson."""
        import shapely  # 20 MB and 90 ms, only for those who ask

        text = path.read_text(encoding="utf-8")
        self._codes = [feature["properties"]["code"] for feature in json.loads(text)["features"]]
        self._polygons = shapely.get_parts(shapely.from_geojson(text))
        shapely.prepare(self._polygons)
        self._tree = shapely.STRtree(self._polygons)
        self._point = shapely.Point

    def code_at(self, lon: float, lat: float) -> str | None:
        """Return the code of the polygon with that point, else of the nearest within about 55 m, else None."""
        point = self._point(lon, lat)
        found = self._tree.query(point, predicate="intersects")
        if not len(found):
            found = self._tree.query_nearest(point, max_distance=_GAP)
        return self._codes[min(found)] if len(found) else None

    def covered(self, rings: Iterable[Sequence[tuple[float, float]]]) -> set[str]:
        """Return the codes of polygons of which closed lines of lon, lat cover a part; slivers do not count.

        Told by points that are spread over each polygon, and by the middle of each line: what strangers draw may cross
        itself as often as it likes, and to intersect that takes minutes. Takes up to a second; call it in a thread.
        """
        import shapely

        hit = self._spread.lons != self._spread.lons
        found: set[int] = set()
        for ring in rings:
            outline = shapely.Polygon(ring)
            shapely.prepare(outline)
            hit |= shapely.contains_xy(outline, self._spread.lons, self._spread.lats)
            middle = shapely.centroid(outline)
            if shapely.contains_xy(outline, middle.x, middle.y):
                found.update(self._tree.query(middle, predicate="intersects").tolist())
        hits = Counter(compress(self._spread.owners, hit.tolist()))
        found |= {one for one, count in hits.items() if count >= _SHARE * self._spread.counts[one]}
        return {self._codes[one] for one in found}

    def outlines(self, codes: Iterable[str]) -> dict[str, Any]:
        """Return the polygons by their codes; several of one code as one. Unknown codes are left out."""
        import shapely

        found: dict[str, Any] = {}
        for code in codes:
            own = [self._polygons[place] for place, one in enumerate(self._codes) if one == code]
            if own:
                found[code] = shapely.union_all(own) if len(own) > 1 else own[0]
                shapely.prepare(found[code])
        return found

    @cached_property
    def _spread(self) -> _Spread:
        """The points by which it is told what is covered: some in each polygon, however small."""
        import shapely

        steps = [(place + 0.5) / _SPREAD for place in range(_SPREAD)]
        points: list[Any] = []
        owners: list[int] = []
        for one, polygon in enumerate(self._polygons):
            west, south, east, north = polygon.bounds
            grid = [self._point(west + x * (east - west), south + y * (north - south)) for x in steps for y in steps]
            inside = [*compress(grid, shapely.contains(polygon, grid)), shapely.point_on_surface(polygon)]
            points += inside
            owners += [one] * len(inside)
        return _Spread(shapely.get_x(points), shapely.get_y(points), owners, Counter(owners))

    def invalid(self) -> list[str]:
        """Return the codes whose polygons cross themselves."""
        import shapely

        valid = shapely.is_valid(self._polygons)
        return [code for code, is_valid in zip(self._codes, valid, strict=True) if not is_valid]


def check_features(path: Path, areas: Mapping[str, Area], problems: Problems) -> None:
    """Note features that are no polygon or have no area, and kelurahan that have no feature. Reads, keeps nothing."""
    text = read_text(path, problems)
    if text is None:
        return
    try:
        features = json.loads(text)["features"]
        codes = [feature["properties"]["code"] for feature in features]
    except json.JSONDecodeError as error:
        problems.add(path.name, error.lineno, f"not JSON ({error.msg})", "export it again as GeoJSON", unread=True)
        return
    except (KeyError, TypeError) as error:
        message = f"not a FeatureCollection with a code in all properties ({error})"
        problems.add(path.name, 1, message, "export it again", unread=True)
        return
    lowest = {code for code, area in areas.items() if area.is_lowest}
    _check_codes(path.name, text, codes, lowest, problems)
    for code, feature in zip(codes, features, strict=True):
        wrong = _wrong_shape(feature.get("geometry"))
        if wrong:
            problems.add(path.name, _line(text, code), f"{code}: {wrong}", "draw closed polygons in WGS 84 lon, lat")


def _check_codes(file: str, text: str, codes: list[str], lowest: Collection[str], problems: Problems) -> None:
    seen: set[str] = set()
    for code in codes:
        if code not in lowest:
            problems.add(
                file,
                _line(text, code),
                f"a polygon for {code}, which is no kelurahan or desa of areas.csv",
                "add the area or remove the polygon",
            )
        if code in seen:
            problems.add(file, _line(text, code), f"two polygons for {code}", "join them to one MultiPolygon")
        seen.add(code)
    for code in sorted(set(lowest) - seen):
        problems.add(file, 1, f"no polygon for {code}", "add one, or remove the area from areas.csv")


def _line(text: str, code: str) -> int:
    return text.count("\n", 0, max(text.find(f'"{code}"'), 0)) + 1


def _wrong_shape(geometry: Any) -> str:
    """Say what is wrong with a GeoJSON geometry, or nothing. Crossing lines are found by the full check only."""
    try:
        kind, coordinates = geometry["type"], geometry["coordinates"]
        polygons = {"Polygon": [coordinates], "MultiPolygon": coordinates}[kind]
        for ring in (ring for polygon in polygons for ring in polygon):
            if len(ring) < 4 or ring[0] != ring[-1]:
                return "a ring is not closed"
            if not all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in ring):
                return "a point is not on earth"
    except (KeyError, TypeError, ValueError):
        return "not a Polygon or MultiPolygon"
    return ""
