"""Where somebody looks for something: the place they name, the kelurahan they choose, or where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request

from gateway.portal.kit.page import city_words


@dataclass(frozen=True)
class Spot:
    """A point that distances are told from; ``near`` is empty without one."""

    near: str = ""
    """Latitude and longitude, as the API takes them."""
    name: str = ""
    """Of the landmark or kelurahan; empty for a bare point."""
    approximate: bool = False
    """The point is a stand-in, such as the middle of the kelurahan."""
    asked: str = ""
    """What was typed."""
    area: str = ""
    """The kelurahan that was chosen."""
    unknown: bool = False
    """What was typed is no place of the city, or several may be meant."""
    query: Sequence[tuple[str, str]] = ()
    """What of the address leads here again."""


def spot_of(request: Request, text: str, area: str) -> Spot:
    """The place that a request names: a point (``near`` as "lat,lon", or ``lat`` and ``lon``), a text, a kelurahan."""
    city = city_words(request).city
    point = _point(request)
    if point:
        return Spot(near=point, query=(("near", point),))
    if text.strip():
        found = city.place(text)
        if found is None:
            return Spot(asked=text, unknown=True, query=(("tempat", text),))
        near = f"{found.lat:.6f},{found.lon:.6f}"
        return Spot(near, found.name, found.approximate, asked=text, query=(("tempat", text),))
    chosen = city.area(area)
    if chosen is None or not chosen.is_lowest:
        return Spot()
    near = f"{chosen.lat:.6f},{chosen.lon:.6f}"
    return Spot(near, chosen.name, approximate=True, area=area, query=(("wilayah", area),))


def _point(request: Request) -> str:
    given = request.query_params
    parts = given["near"].split(",") if given.get("near") else [given.get("lat", ""), given.get("lon", "")]
    try:
        lat, lon = (float(each) for each in parts)
    except ValueError:
        return ""
    return f"{lat:.6f},{lon:.6f}" if abs(lat) <= 90 and abs(lon) <= 180 else ""
