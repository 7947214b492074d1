"""SQL of the journal, and of numbers that have no gaps."""

from collections.abc import Collection
from uuid import UUID

from services.governance.journal.model import Entry, What
from services.kit.database import Transaction

_NEXT = """
INSERT INTO emergency_number AS known (name, last) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET last = known.last + excluded.last RETURNING last
"""
_LAST = "SELECT last FROM emergency_number WHERE name = 'entry'"
_COLUMNS = "number, incident, unit, what, text, by, at, exercise"
# The row of the counter is held until the commit: who reads number n finds all below n.
_ADD = f"""
WITH one AS (
    INSERT INTO emergency_number AS known (name, last) VALUES ('entry', 1)
    ON CONFLICT (name) DO UPDATE SET last = known.last + 1 RETURNING last
)
INSERT INTO dispatch_entry ({_COLUMNS}) SELECT last, $1, $2, $3, $4, $5, $6, $7 FROM one RETURNING number
"""
_AFTER = f"SELECT {_COLUMNS} FROM dispatch_entry WHERE number > $1 ORDER BY number LIMIT $2"
_OF = f"""
SELECT {_COLUMNS}, place FROM unnest($1::uuid[]) AS wanted (about), LATERAL (
    SELECT *, row_number() OVER (ORDER BY number DESC) AS place FROM dispatch_entry
     WHERE incident = about ORDER BY number DESC LIMIT $2) AS one
 ORDER BY number
"""
_NOTED = """
SELECT text FROM unnest($1::uuid[]) AS wanted (about), LATERAL (
    SELECT number, text FROM dispatch_entry
     WHERE incident = about AND what = 'incident_noted' ORDER BY number DESC LIMIT $2) AS one
 ORDER BY number DESC LIMIT $2
"""
MOST = 500
"""Lines of an incident's timeline that are shown."""


async def next_number(tx: Transaction, name: str, count: int = 1) -> int:
    """The last of ``count`` new numbers, held until the commit: one after the other, none left out."""
    found: int = await tx.fetchval(_NEXT, name, count)
    return found


async def add(
    tx: Transaction, incident: UUID | None, unit: str, what: What, text: str, by: str, *, exercise: bool
) -> int:
    """Adds a line; answers with its number."""
    number: int = await tx.fetchval(_ADD, incident, unit, what.value, text, by, tx.now, exercise)
    return number


async def last(tx: Transaction) -> int:
    """Number of the newest line; 0 for none."""
    found: int | None = await tx.fetchval(_LAST)
    return found or 0


async def after(tx: Transaction, number: int, size: int) -> list[Entry]:
    """Lines after a number, in their order."""
    return [_entry(row) for row in await tx.fetch(_AFTER, number, size)]


async def of(tx: Transaction, incidents: Collection[UUID]) -> tuple[list[Entry], bool]:
    """The newest lines of incidents as one timeline, the oldest first, and whether others came before."""
    rows = await tx.fetch(_OF, list(incidents), MOST + 1)
    shown = [_entry(row) for row in rows if row["place"] <= MOST]
    return shown, len(shown) < len(rows)


async def noted(tx: Transaction, incidents: Collection[UUID], most: int) -> list[str]:
    """The newest notes about incidents, the oldest of them first."""
    return [row["text"] for row in await tx.fetch(_NOTED, list(incidents), most)][::-1]


def _entry(row: object) -> Entry:
    number, incident, unit, what, text, by, at, exercise, *_ = row  # type: ignore[misc]
    return Entry(number, incident, unit, what, text, by, at, exercise)  # type: ignore[has-type]
