"""SQL of histories. Entries are only ever added; a trigger refuses everything but redaction and the seal's mark."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.governance.history.model import Entry
from services.kit.database import Transaction, Write
from services.kit.database.table import Table

_COLUMNS = (
    "number, at, type, by, state, note, salt, note_digest, previous_hash, hash, trace_id, public, photos, refuses"
)
_APPEND = f"""
INSERT INTO entry (complaint_id, {_COLUMNS})
SELECT complaint_id, number, at, type, by, state, note, salt, note_digest, previous_hash, hash, trace_id, public,
       string_to_array(photos, ',')::uuid[], refuses
  FROM unnest($1::uuid[], $2::integer[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[],
              $8::bytea[], $9::bytea[], $10::bytea[], $11::bytea[], $12::text[], $13::boolean[], $14::text[],
              $15::boolean[])
       AS added (complaint_id, {_COLUMNS})
"""
ENTRIES = Table(Entry, "entry")
OLDEST_FIRST = "ORDER BY number"


async def append(tx: Transaction, complaint_id: UUID, entries: Sequence[Entry]) -> None:
    """Adds entries to a case's history. A number already taken raises UniqueViolationError: lock the case first."""
    await tx.together(appended([(complaint_id, entry) for entry in entries]))


def appended(entries: Sequence[tuple[UUID, Entry]]) -> Write:
    """The write that adds entries to the histories of their cases."""
    return Write(_APPEND, tuple(zip(*((case, *_row(entry)) for case, entry in entries), strict=True)))


async def copy(tx: Transaction, entries: Sequence[tuple[UUID, Entry]]) -> None:
    """Adds many entries of many cases at once: for demonstration data."""
    names = _COLUMNS.split(", ")
    rows = [(case, *(getattr(entry, name) for name in names)) for case, entry in entries]
    await tx.connection.copy_records_to_table("entry", columns=("complaint_id", *names), records=rows)


async def history(tx: Transaction, complaint_id: UUID) -> list[Entry]:
    """All entries of a case, oldest first."""
    return await ENTRIES.every(tx, f"complaint_id = $1 {OLDEST_FIRST}", complaint_id)


async def last(tx: Transaction, complaint_id: UUID, kind: str) -> datetime | None:
    """When something of a kind last happened to a case; None when it never did."""
    sql = "SELECT at FROM entry WHERE complaint_id = $1 AND type = $2 ORDER BY number DESC LIMIT 1"
    found: datetime | None = await tx.fetchval(sql, complaint_id, kind)
    return found


async def redact(tx: Transaction, complaint_id: UUID, numbers: Sequence[int]) -> None:
    """Takes the notes of entries out; what was hashed stays."""
    await tx.execute(
        "UPDATE entry SET note = '', salt = '' WHERE complaint_id = $1 AND number = ANY($2::integer[])",
        complaint_id,
        list(numbers),
    )


def _row(entry: Entry) -> tuple[object, ...]:
    return (
        entry.number,
        entry.at,
        entry.type,
        entry.by,
        entry.state,
        entry.note,
        entry.salt,
        entry.note_digest,
        entry.previous_hash,
        entry.hash,
        entry.trace_id,
        entry.public,
        ",".join(map(str, entry.photos)),
        entry.refuses,
    )
