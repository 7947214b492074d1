"""How alike two complaints are, from 0 to 1: near in place and time, alike in category and wording. Pure.

The weights favour place: two potholes of one street in one week are likelier the same than two with like words in two
kelurahan. Wording is the Dice coefficient of the words' letter triples, which forgives spelling and endings.
"""

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.governance.cases.model import Complaint

THRESHOLD = 0.55
"""From here on a complaint is worth showing."""
REACH = 500.0
"""Metres beyond which two places have nothing to do with each other."""
WINDOW = timedelta(days=30)
"""Time beyond which two complaints are two matters."""
MOST = 5

_EARTH_RADIUS = 6_371_008.8  # metres, mean (IUGG)
_DISTANCE, _CATEGORY, _WORDING, _TIME = 0.4, 0.25, 0.25, 0.1


@dataclass(frozen=True)
class Features:
    """What is compared."""

    category: str
    text: str
    area: str
    lon: float | None
    lat: float | None
    at: datetime


@dataclass(frozen=True)
class Similar:
    """A complaint that may be the same matter; distance in metres, None when not known."""

    complaint: Complaint
    distance: float | None
    score: float


def distance(a: Features, b: Features) -> float | None:
    """Metres along the great circle (haversine); None when a position is not known."""
    if a.lon is None or a.lat is None or b.lon is None or b.lat is None:
        return None
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_lat, half_lon = (lat_b - lat_a) / 2, math.radians(b.lon - a.lon) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * _EARTH_RADIUS * math.asin(min(1.0, math.sqrt(chord)))


def wording(a: str, b: str) -> float:
    """Likeness of two texts from 0 to 1."""
    triples_a, triples_b = _triples(a), _triples(b)
    if not triples_a or not triples_b:
        return 0.0
    return 2 * len(triples_a & triples_b) / (len(triples_a) + len(triples_b))


def score(a: Features, b: Features) -> float:
    """Likeness of two complaints from 0 to 1."""
    age = abs(a.at - b.at) / WINDOW
    return (
        _DISTANCE * _nearness(a, b)
        + _CATEGORY * (a.category == b.category)
        + _WORDING * wording(a.text, b.text)
        + _TIME * max(0.0, 1.0 - age)
    )


def box(lon: float, lat: float) -> tuple[float, float, float, float]:
    """West, south, east and north of what lies within reach of a point, in degrees."""
    height = math.degrees(REACH / _EARTH_RADIUS)
    width = height / max(0.01, math.cos(math.radians(lat)))
    return lon - width, lat - height, lon + width, lat + height


def _nearness(a: Features, b: Features) -> float:
    metres = distance(a, b)
    if metres is None:
        # The same kelurahan is a hint, no more: it may be two kilometres wide.
        return 0.5 if a.area and a.area == b.area else 0.0
    return max(0.0, 1.0 - metres / REACH)


def _triples(text: str) -> set[str]:
    words = re.findall(r"\w+", text.lower())
    return {f"  {word} "[start : start + 3] for word in words for start in range(len(word) + 1)}
