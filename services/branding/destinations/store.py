"""SQL of destinations.

By distance: those in a box about the point, which the index on latitude finds, in the order of their distance on a
plane that touches the city at the point: straight lines, a few metres off across a city.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from services.branding.destinations.model import Destination, Kind
from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Table

DESTINATIONS = Table(Destination, "destination", fixed=("code", "created_at"))
save = DESTINATIONS.save
DEGREE = 6_371_008.8 * math.pi / 180
"""Metres of a degree of latitude on a sphere of the Earth's mean radius (IUGG)."""
_COUNTED = 10_000

_COLUMNS = ", ".join(Destination.__dataclass_fields__)
_FILTER = "NOT closed AND ($1::text IS NULL OR kind = $1) AND (NOT $2 OR timed)"
_NEAR = f"""
SELECT {_COLUMNS}, distance
  FROM (SELECT *, $3::float8 * sqrt(power(lat - $4, 2) + power((lon - $5) * $6::float8, 2)) AS distance
          FROM destination
         WHERE lat BETWEEN $4::float8 - $7::float8 AND $4 + $7 AND lon BETWEEN $5::float8 - $7 / $6 AND $5 + $7 / $6
           AND {_FILTER}) AS box
 WHERE distance <= $3 * $7 AND (distance, id) > ($8, $9)
 ORDER BY distance, id LIMIT $10
"""
_BY_NAME = f"""
SELECT {_COLUMNS} FROM destination WHERE {_FILTER} AND (name, id) > ($3, $4) ORDER BY name, id LIMIT $5
"""
_COUNT = "SELECT count(*)::integer FROM (SELECT FROM destination WHERE NOT closed ORDER BY name LIMIT $1) AS part"


@dataclass(frozen=True)
class Filter:
    """Which destinations are wanted."""

    kind: Kind | None = None
    timed: bool = False
    """Only those whose hours are known."""

    @property
    def values(self) -> tuple[str | None, bool]:
        """Those of the statements."""
        return self.kind.value if self.kind else None, self.timed


@dataclass(frozen=True)
class Found:
    """A destination, and how far it is in metres; None where that was not asked."""

    destination: Destination
    distance: float | None = None


async def find(tx: Transaction, name: str, *, lock: bool = False) -> Destination | None:
    """A destination by its id or its code."""
    known = ids.parse(name)
    if known:
        return await DESTINATIONS.get(tx, known, lock=lock)
    return await DESTINATIONS.first(tx, "code = $1", name, lock=lock)


async def by_ids(tx: Transaction, wanted: Collection[UUID]) -> dict[UUID, Destination]:
    """Destinations by their ids."""
    return {one.id: one for one in await DESTINATIONS.every(tx, "id = ANY($1)", list(wanted))}


async def by_codes(tx: Transaction, codes: Collection[str], *, lock: bool = False) -> dict[str, Destination]:
    """Destinations by their codes."""
    tail = f"code = ANY($1) ORDER BY id{' FOR NO KEY UPDATE' if lock else ''}"
    return {one.code: one for one in await DESTINATIONS.every(tx, tail, list(codes))}


async def near(
    tx: Transaction, wanted: Filter, at: tuple[float, float], reach: float, after: tuple[float, UUID], most: int
) -> list[Found]:
    """Those within so many metres of a point (lon, lat) that come after a distance and an id, the nearest first."""
    lon, lat = at
    shrink = max(math.cos(math.radians(lat)), 0.01)
    args = (*wanted.values, DEGREE, lat, lon, shrink, reach / DEGREE, *after, most)
    return [Found(DESTINATIONS.entity(row), row["distance"]) for row in await tx.fetch(_NEAR, *args)]


async def by_name(tx: Transaction, wanted: Filter, after: tuple[str, UUID], most: int) -> list[Found]:
    """Those that come after a name and an id."""
    return [Found(DESTINATIONS.entity(row)) for row in await tx.fetch(_BY_NAME, *wanted.values, *after, most)]


async def count(tx: Transaction) -> int:
    """How many there are that are not closed for good."""
    found: int = await tx.fetchval(_COUNT, _COUNTED)
    return found
