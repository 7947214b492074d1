"""Where somebody looks for something: the place they name, the kelurahan they choose, or where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request

from gateway.portal.kit.page import city_words
from gateway.portal.living.known_places import full_name, meant, several
from services.kit.rpc.text import clean


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
    read: str = ""
    """The name of what is meant, where another one was typed."""
    unknown: bool = False
    """What was typed is no place of the city."""
    meant: tuple[str, ...] = ()
    """Names of the several places that may be meant."""
    query: Sequence[tuple[str, str]] = ()
    """What of the address leads here again."""


def spot_of(request: Request, text: str, area: str) -> Spot:
    """The place that a request names: a point (``near`` as "lat,lon", or ``lat`` and ``lon``), a text, a kelurahan."""
    city = city_words(request).city
    point = _point(request)
    if point:
        lat, _, lon = point.partition(",")
        own = not request.query_params.get("near")  # the form sends where the reader stands as two numbers
        return Spot(near=point, query=(("lat", lat), ("lon", lon)) if own else (("near", point),))
    text = " ".join(clean(text).split())
    if text:
        query = (("tempat", text),)
        found = city.place(text)
        name = full_name(city, found) if found else ""
        spelled = found is not None and text.casefold() in (found.name.casefold(), name.casefold())
        names = tuple(meant(city, text) if found is None else ()) or tuple(() if spelled else several(city, text))
        if found is None or names:
            return Spot(asked=text, unknown=not names, meant=names, query=query)
        read = "" if spelled else name
        return Spot(f"{found.lat:.6f},{found.lon:.6f}", name, found.approximate, asked=text, read=read, query=query)
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
