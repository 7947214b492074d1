"""SQL of units and of where they are."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from services.governance.units.model import AT_WORK, Crew, Position, Unit
from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table

UNITS = Table(Unit, "emergency_unit", fixed=("code", "service", "agency", "made_up", "created_at"))
_BY_CODE: Keyset[Unit] = Keyset({"code": str}, of=lambda one: (one.code,))
by_id, save = UNITS.get, UNITS.save
MOST = 500
"""Units of a city that are looked at together."""

_WORKING = [state.value for state in AT_WORK]
_PUT = """
INSERT INTO unit_position AS known (unit, at, received, lon, lat)
SELECT unit, at, $5, lon, lat
  FROM unnest($1::text[], $2::timestamptz[], $3::double precision[], $4::double precision[]) AS one (unit, at, lon, lat)
 ORDER BY unit
ON CONFLICT (unit) DO UPDATE
   SET at = excluded.at, received = excluded.received, lon = excluded.lon, lat = excluded.lat
 WHERE known.at < excluded.at
RETURNING unit
"""
_CREWS = "SELECT code, crew, agency FROM emergency_unit WHERE code = ANY($1)"
_AT = "SELECT unit, at, lon, lat, received FROM unit_position WHERE unit = ANY($1)"
_DRILLS = """
SELECT u.code FROM emergency_unit u JOIN incident i ON i.id = u.incident WHERE u.code = ANY($1) AND i.exercise
"""
_BUSY = """
SELECT count(*)::integer FROM emergency_unit u LEFT JOIN incident i ON i.id = u.incident
 WHERE u.state = ANY($1) AND i.exercise IS NOT TRUE
"""
_SILENT = """
SELECT count(*)::integer FROM emergency_unit u LEFT JOIN incident i ON i.id = u.incident
 WHERE u.escalated AND i.exercise IS NOT TRUE
"""


async def by_code(tx: Transaction, code: str, *, lock: bool = False) -> Unit | None:
    """One by its code."""
    return await UNITS.first(tx, "code = $1", code, lock=lock)


async def of_crew(tx: Transaction, subject: str, *, lock: bool = False) -> Unit | None:
    """The unit that somebody is the crew of."""
    return await UNITS.first(tx, "crew = $1 AND crew <> ''", subject, lock=lock)


async def page(tx: Transaction, agency: str, size: int, token: str) -> Page[Unit]:
    """Units of an agency (empty: of all) by their codes."""
    return await UNITS.page(tx, _BY_CODE, size, token, agency=agency)


async def of_services(tx: Transaction, services: Collection[str]) -> list[Unit]:
    """All units of some services."""
    return await UNITS.every(tx, f"service = ANY($1) ORDER BY code LIMIT {MOST}", list(services))


async def working(tx: Transaction) -> int:
    """How many are at work; those in drills aside."""
    found: int = await tx.fetchval(_BUSY, _WORKING)
    return found


async def silent(tx: Transaction) -> int:
    """How many did not answer; those in drills aside."""
    found: int = await tx.fetchval(_SILENT)
    return found


async def unheard(tx: Transaction, before: datetime, but: Collection[UUID]) -> Unit | None:
    """A unit at work, not asked yet, of which nothing was heard since: neither its crew nor its position. One that was
    sent since may be still on its way to the car.
    """
    return await UNITS.first(
        tx,
        """state = ANY($1) AND asked_at IS NULL AND greatest(heard_at, moved_at) < $2 AND NOT id = ANY($3)
           AND NOT EXISTS (SELECT FROM unit_position p WHERE p.unit = code AND p.received >= $2)
           ORDER BY greatest(heard_at, moved_at)""",
        _WORKING,
        before,
        list(but),
        lock=True,
    )


async def unanswered(tx: Transaction, before: datetime, but: Collection[UUID]) -> Unit | None:
    """A unit that was asked before, has not answered, and of which nobody was told.

    A question wants an answer: a phone that tells positions again says nothing of who carries it.
    """
    return await UNITS.first(
        tx, "asked_at < $1 AND NOT escalated AND NOT id = ANY($2) ORDER BY asked_at", before, list(but), lock=True
    )


async def crews(tx: Transaction, codes: Collection[str]) -> dict[str, Crew]:
    """Who the crews of units are, by the units' codes."""
    return {row["code"]: Crew(row["crew"], row["agency"]) for row in await tx.fetch(_CREWS, list(codes))}


async def put(tx: Transaction, positions: Sequence[tuple[str, datetime, float, float]]) -> set[str]:
    """Writes positions, one of a unit at most; answers for which units it is the newest."""
    columns = [list(column) for column in zip(*positions, strict=True)]
    return {row["unit"] for row in await tx.fetch(_PUT, *columns, tx.now)}


async def positions(tx: Transaction, codes: Collection[str]) -> dict[str, Position]:
    """Where units are, of those that have told."""
    return {row["unit"]: Position(*row) for row in await tx.fetch(_AT, list(codes))}


async def in_drills(tx: Transaction, codes: Collection[str]) -> set[str]:
    """Which of some units work on a drill."""
    return {row["code"] for row in await tx.fetch(_DRILLS, list(codes))}
