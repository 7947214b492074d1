"""SQL of clean-ups."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.environment.cleanups.model import Cleanup, State
from services.kit.database import Transaction
from services.kit.paging import Place

_COLUMNS = """
id, version, state, complaint_id, complaint, correlation, category, area, lon, lat, agency, due_at, created_at,
updated_at, crew, note, photos, secret, exercise, completed_at
"""
_SAVE = f"""
INSERT INTO cleanup ({_COLUMNS})
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
ON CONFLICT (id) DO UPDATE
   SET version = excluded.version, state = excluded.state, category = excluded.category, area = excluded.area,
       lon = excluded.lon, lat = excluded.lat, agency = excluded.agency, due_at = excluded.due_at,
       updated_at = excluded.updated_at, crew = excluded.crew, note = excluded.note, photos = excluded.photos,
       secret = excluded.secret, completed_at = excluded.completed_at
"""
_PAGE = f"""
SELECT {_COLUMNS} FROM cleanup
 WHERE state = ANY($1::text[]) AND ($2 = '' OR agency = $2) AND ($3 = '' OR complaint = $3)
   AND (coalesce(due_at, 'infinity'::timestamptz), id) > ($4, $5)
 ORDER BY coalesce(due_at, 'infinity'::timestamptz), id LIMIT $6
"""


@dataclass(frozen=True)
class Filter:
    """Which clean-ups; an empty agency or complaint means any."""

    states: tuple[State, ...]
    agency: str = ""
    complaint: str = ""


async def by_id(tx: Transaction, id_: UUID, *, lock: bool = False) -> Cleanup | None:
    """The clean-up of that id; locked until the end of the transaction if asked."""
    return _read(await tx.fetchrow(f"SELECT {_COLUMNS} FROM cleanup WHERE id = $1{_locked(lock)}", id_))


async def by_code(tx: Transaction, code: str, agency: str) -> Cleanup | None:
    """The newest clean-up of a complaint's code; of an agency's own, unless it is empty."""
    sql = f"""
        SELECT {_COLUMNS} FROM cleanup WHERE complaint = $1 AND ($2 = '' OR agency = $2)
         ORDER BY version DESC LIMIT 1
    """
    return _read(await tx.fetchrow(sql, code, agency))


async def last(tx: Transaction, complaint_id: str) -> Cleanup | None:
    """The newest clean-up of a complaint."""
    sql = f"SELECT {_COLUMNS} FROM cleanup WHERE complaint_id = $1 ORDER BY version DESC LIMIT 1"
    return _read(await tx.fetchrow(sql, complaint_id))


async def live(tx: Transaction, complaint_id: str) -> Cleanup | None:
    """The clean-up of a complaint that waits or runs, locked."""
    sql = f"SELECT {_COLUMNS} FROM cleanup WHERE complaint_id = $1 AND live FOR UPDATE"
    return _read(await tx.fetchrow(sql, complaint_id))


async def save(tx: Transaction, cleanup: Cleanup) -> None:
    """Writes a clean-up, new or changed."""
    await tx.execute(
        _SAVE,
        cleanup.id,
        cleanup.version,
        cleanup.state.value,
        cleanup.complaint_id,
        cleanup.complaint,
        cleanup.correlation,
        cleanup.category,
        cleanup.area,
        cleanup.lon,
        cleanup.lat,
        cleanup.agency,
        cleanup.due_at,
        cleanup.created_at,
        cleanup.updated_at,
        cleanup.crew,
        cleanup.note,
        list(cleanup.photos),
        cleanup.secret,
        cleanup.exercise,
        cleanup.completed_at,
    )


async def page(tx: Transaction, wanted: Filter, after: Place | None, size: int) -> list[Cleanup]:
    """At most ``size`` clean-ups, the soonest due first, after a place in that order (None: from the beginning)."""
    states = [state.value for state in wanted.states]
    due, id_ = (after[0] or datetime.max, after[1]) if after else (datetime.min, UUID(int=0))  # asyncpg: ±infinity
    rows = await tx.fetch(_PAGE, states, wanted.agency, wanted.complaint, due, id_, size)
    return [found for row in rows if (found := _read(row)) is not None]


def _locked(lock: bool) -> str:
    return " FOR UPDATE" if lock else ""


def _read(row: Any) -> Cleanup | None:
    if row is None:
        return None
    return Cleanup(**{**row, "state": State(row["state"]), "photos": tuple(row["photos"])})
