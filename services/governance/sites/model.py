"""A place as somebody on the telephone tells it, and how far places are from each other. Pure."""

from dataclasses import dataclass, replace
from math import asin, cos, radians, sin, sqrt

from services.governance.filing.model import known_area, point_area
from services.kit.city import City
from services.kit.errors import invalid

Where = tuple[tuple[float, float] | None, str, str]
"""As it is told: a position, the code of a kelurahan and a place, of which none must be told."""
_EARTH_M = 6_371_000.0


@dataclass(frozen=True)
class Site:
    """A place. Degrees; ``area`` is a kelurahan's code, empty where it is not known."""

    place: str
    area: str
    lon: float | None = None
    lat: float | None = None

    @property
    def point(self) -> tuple[float, float] | None:
        """Longitude and latitude, where they are known."""
        return None if self.lon is None or self.lat is None else (self.lon, self.lat)

    def told(self, city: City) -> str:
        """It in words."""
        area = city.area(self.area)
        return ", ".join(part for part in (self.place, area.name if area else "") if part)


def site(city: City, position: tuple[float, float] | None, area_code: str, place: str) -> Site:
    """Where it is: a point that is given goes before a known place, and that before its kelurahan.

    Words may be like the name of a known place by chance: they never make another of the kelurahan that was chosen.
    Words alone are a place too: whoever calls is asked for more. Errors: LOCATION_REQUIRED, OUTSIDE_CITY, AREA_UNKNOWN.
    """
    if position is not None:
        lon, lat = position
        return Site(place, point_area(city, lon, lat).code, lon, lat)
    found = city.place(place) if place else None
    area = known_area(city, area_code) if area_code else None
    if found is not None and not found.approximate and area in (None, found.area):
        return Site(place, found.area.code, found.lon, found.lat)
    if area is not None:
        return Site(place, area.code)
    if found is not None:
        return Site(place, found.area.code)
    if not place:
        message = "Say where it is: a position (`location`), the code of a kelurahan (`area_code`) or a `place`."
        raise invalid("LOCATION_REQUIRED", message, field="place")
    return Site(place, "")


def put_right(city: City, known: Site, to: Site) -> Site:
    """Where it is by what was told since: told in other words alone it is where it was, unless its point was but that
    of a known place which the former words are like.
    """
    if to.point is not None or to.area not in ("", known.area):
        return to
    if to.place in ("", known.place) or not _guessed(city, known):
        return replace(known, place=to.place or known.place)
    return replace(to, area=to.area or known.area)


def _guessed(city: City, one: Site) -> bool:
    """Whether its point is that of the known place which its words are like."""
    found = city.place(one.place) if one.place and one.point else None
    return found is not None and not found.approximate and (found.lon, found.lat) == one.point


def metres(one: tuple[float, float] | None, other: tuple[float, float] | None) -> float | None:
    """Straight line between two points; None where either is not known."""
    if one is None or other is None:
        return None
    (lon, lat), (lon2, lat2) = one, other
    half = (
        sin(radians(lat2 - lat) / 2) ** 2 + cos(radians(lat)) * cos(radians(lat2)) * sin(radians(lon2 - lon) / 2) ** 2
    )
    return 2 * _EARTH_M * asin(sqrt(half))
