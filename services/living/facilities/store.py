"""SQL of facilities.

By distance: those in a box about the point, which the index on latitude finds, in the order of their distance. The
distance is that of a plane which touches the city at the point: straight lines, a few metres off across a city.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Table
from services.living.facilities.model import Change, Facility, FacilityAccess, Kind

FACILITIES = Table(Facility, "facility", fixed=("code", "created_at"))
CHANGES = Table(Change, "facility_change")
DEGREE = 6_371_008.8 * math.pi / 180
"""Metres of a degree of latitude on a sphere of the Earth's mean radius (IUGG)."""
MOST_CHANGES = 20

_COLUMNS = ", ".join(Facility.__dataclass_fields__)
_FILTER = "NOT closed AND ($1::text IS NULL OR kind = $1) AND ($2::text IS NULL OR access = $2) AND (NOT $3 OR timed)"
_NEAR = f"""
SELECT {_COLUMNS}, distance
  FROM (SELECT *, $4::float8 * sqrt(power(lat - $5, 2) + power((lon - $6) * $7::float8, 2)) AS distance
          FROM facility
         WHERE lat BETWEEN $5::float8 - $8::float8 AND $5 + $8 AND lon BETWEEN $6::float8 - $8 / $7 AND $6 + $8 / $7
           AND {_FILTER}) AS box
 WHERE distance <= $4 * $8 AND (distance, id) > ($9, $10)
 ORDER BY distance, id LIMIT $11
"""
_BY_NAME = f"""
SELECT {_COLUMNS} FROM facility WHERE {_FILTER} AND (name, id) > ($4, $5) ORDER BY name, id LIMIT $6
"""
_POINTLESS = f"""
SELECT {_COLUMNS} FROM facility WHERE lat IS NULL AND {_FILTER} AND (name, id) > ($4, $5) ORDER BY name, id LIMIT $6
"""
_COUNT = "SELECT coalesce(sum(facilities), 0)::integer FROM facility_tally"


@dataclass(frozen=True)
class Filter:
    """Which facilities are wanted."""

    kind: Kind | None = None
    accessible: bool = False
    timed: bool = False
    """Only those whose hours are known."""

    @property
    def values(self) -> tuple[Any, ...]:
        """Those of the statements."""
        kind = self.kind.value if self.kind else None
        return kind, FacilityAccess.YES.value if self.accessible else None, self.timed


@dataclass(frozen=True)
class Found:
    """A facility, and how far it is in metres; None where that was not asked, or is not known."""

    facility: Facility
    distance: float | None = None


async def find(tx: Transaction, name: str, *, lock: bool = False) -> Facility | None:
    """A facility by its id or its code."""
    known = ids.parse(name)
    if known:
        return await FACILITIES.get(tx, known, lock=lock)
    return await FACILITIES.first(tx, "code = $1", name, lock=lock)


async def by_ids(tx: Transaction, wanted: Collection[UUID]) -> dict[UUID, Facility]:
    """Facilities by their ids."""
    return {one.id: one for one in await FACILITIES.every(tx, "id = ANY($1)", list(wanted))}


async def by_codes(tx: Transaction, codes: Collection[str]) -> dict[str, Facility]:
    """Facilities by their codes, locked."""
    tail = "code = ANY($1) ORDER BY id FOR NO KEY UPDATE"
    return {one.code: one for one in await FACILITIES.every(tx, tail, list(codes))}


async def save(tx: Transaction, facility: Facility, change: Change) -> None:
    """Writes a facility, new or changed, and what changed."""
    await FACILITIES.save(tx, facility)
    await CHANGES.add(tx, change)


async def changes(tx: Transaction, facility: UUID) -> list[Change]:
    """The latest changes of a facility, the newest first."""
    return await CHANGES.every(tx, f"facility = $1 ORDER BY version DESC LIMIT {MOST_CHANGES}", facility)


async def near(
    tx: Transaction, wanted: Filter, at: tuple[float, float], reach: float, after: tuple[float, UUID], most: int
) -> list[Found]:
    """Those within so many metres of a point (lon, lat) that come after a distance and an id, the nearest first."""
    lon, lat = at
    shrink = max(math.cos(math.radians(lat)), 0.01)
    args = (*wanted.values, DEGREE, lat, lon, shrink, reach / DEGREE, *after, most)
    return [Found(FACILITIES.entity(row), row["distance"]) for row in await tx.fetch(_NEAR, *args)]


async def by_name(
    tx: Transaction, wanted: Filter, after: tuple[str, UUID], most: int, *, pointless: bool
) -> list[Found]:
    """Those that come after a name and an id: all, or only those whose point is not known."""
    sql = _POINTLESS if pointless else _BY_NAME
    return [Found(FACILITIES.entity(row)) for row in await tx.fetch(sql, *wanted.values, *after, most)]


async def count(tx: Transaction) -> int:
    """How many there are that are not closed for good."""
    found: int = await tx.fetchval(_COUNT)
    return found
