"""How alike two complaints are, from 0 to 1: near in place and time, alike in category and wording. Pure.

The weights favour place: two potholes of one street in one week are likelier the same than two with like words in two
kelurahan. Wording is the Dice coefficient of the words' letter triples, which forgives spelling and endings; the
database counts them (pg_trgm).

What the asker may not read of the other complaint plays no part: whoever asks often enough would find it out by the
score. Where the place is hidden only the kelurahan counts, which is public; where the words are hidden they are left
out, and the rest weighs more.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

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
_SAME_AREA = 0.5


@dataclass(frozen=True)
class Wanted:
    """What is looked for: category by id, kelurahan by code, WGS 84 degrees, UTC."""

    category: str
    area: str
    lon: float | None
    lat: float | None
    at: datetime


@dataclass(frozen=True)
class Candidate:
    """What the asker may know of a complaint near by; place and words are None where they may not."""

    id: UUID
    category: str
    area: str
    lon: float | None
    lat: float | None
    at: datetime
    triples: float | None
    """Share of letter triples in common, of all that either has (Jaccard index)."""


@dataclass(frozen=True)
class Similar:
    """A complaint that may be the same matter; distance in metres, None when not known or not to be known."""

    complaint: Complaint
    distance: float | None
    score: float


def distance(a: Wanted, b: Candidate) -> float | None:
    """Metres along the great circle (haversine); None when a position is not known."""
    if a.lon is None or a.lat is None or b.lon is None or b.lat is None:
        return None
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_lat, half_lon = (lat_b - lat_a) / 2, math.radians(b.lon - a.lon) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * _EARTH_RADIUS * math.asin(min(1.0, math.sqrt(chord)))


def score(a: Wanted, b: Candidate) -> float:
    """Likeness of two complaints from 0 to 1."""
    age = abs(a.at - b.at) / WINDOW
    known = (
        _DISTANCE * _nearness(a, b) + _CATEGORY * (a.category == b.category) + _TIME * max(0.0, 1.0 - age)
    )  # fmt: skip
    if b.triples is None:
        return known / (1.0 - _WORDING)
    return known + _WORDING * 2 * b.triples / (1.0 + b.triples)


def likeliest(a: Wanted, found: list[Candidate]) -> list[tuple[Candidate, float]]:
    """Those worth showing with their likeness, the likeliest first and of equals the newest, at most ``MOST``."""
    scored = [(one, likeness) for one in found if (likeness := score(a, one)) >= THRESHOLD]
    scored.sort(key=lambda item: (-item[1], a.at - item[0].at))
    return scored[:MOST]


def box(lon: float, lat: float) -> tuple[float, float, float, float]:
    """West, south, east and north of what lies within reach of a point, in degrees."""
    height = math.degrees(REACH / _EARTH_RADIUS)
    width = height / max(0.01, math.cos(math.radians(lat)))
    return lon - width, lat - height, lon + width, lat + height


def _nearness(a: Wanted, b: Candidate) -> float:
    metres = distance(a, b)
    if metres is None:
        # The same kelurahan is a hint, no more: it may be two kilometres wide.
        return _SAME_AREA if a.area and a.area == b.area else 0.0
    return max(0.0, 1.0 - metres / REACH)
