"""SQL of money in suspense."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.economy.payments.refund_model import ASK_AGAIN
from services.economy.payments.store import newest
from services.economy.payments.suspense_model import Item, Reason, State
from services.kit.database import Transaction
from services.kit.paging import Place

_NAMES = (
    "id", "version", "state", "reason", "currency", "amount", "provider_reference", "payment", "target", "back", "note",
    "proposed_by", "approved_by", "asked_at", "correlation", "exercise", "created_at", "updated_at",
)  # fmt: skip
_COLUMNS = ", ".join(_NAMES)
_SAVE = f"""
INSERT INTO suspense ({_COLUMNS}) VALUES ({", ".join(f"${number}" for number in range(1, len(_NAMES) + 1))})
ON CONFLICT (id) DO UPDATE
   SET version = excluded.version, state = excluded.state, target = excluded.target, back = excluded.back,
       note = excluded.note, proposed_by = excluded.proposed_by, approved_by = excluded.approved_by,
       asked_at = excluded.asked_at, updated_at = excluded.updated_at
"""
_PAGE = f"""
SELECT {_COLUMNS} FROM suspense WHERE state = ANY($1::text[]) AND (created_at, id) < ($2, $3)
 ORDER BY created_at DESC, id DESC LIMIT $4
"""
_RETURNING = """
SELECT id FROM suspense
 WHERE state = 'proposed' AND approved_by <> '' AND coalesce(asked_at, updated_at) <= $1::timestamptz - $2::interval
 ORDER BY updated_at LIMIT $3
"""


async def by_id(tx: Transaction, id_: UUID, *, lock: bool = False) -> Item | None:
    """The item of that id; locked until the end of the transaction if asked."""
    sql = f"SELECT {_COLUMNS} FROM suspense WHERE id = $1{' FOR NO KEY UPDATE' if lock else ''}"
    return _read(await tx.fetchrow(sql, id_))


async def by_provider_reference(tx: Transaction, reference: str) -> Item | None:
    """The item that the acquirer knows by that reference."""
    return _read(await tx.fetchrow(f"SELECT {_COLUMNS} FROM suspense WHERE provider_reference = $1", reference))


async def save(tx: Transaction, item: Item) -> None:
    """Writes an item, new or changed."""
    values = [getattr(item, name) for name in _NAMES]
    values[2], values[3] = item.state.value, item.reason.value
    await tx.execute(_SAVE, *values)


async def mark_asked(tx: Transaction, id_: UUID) -> None:
    """Writes down that the bank is about to be asked to send it back."""
    await tx.execute("UPDATE suspense SET asked_at = $2 WHERE id = $1", id_, tx.now)


async def page(tx: Transaction, states: Sequence[State], after: Place | None, size: int) -> list[Item]:
    """At most ``size`` items, newest first, after a place in that order (None: from the newest)."""
    rows = await tx.fetch(_PAGE, [state.value for state in states], *newest(after), size)
    return [_item(row) for row in rows]


async def returning(tx: Transaction, most: int) -> list[UUID]:
    """Items on their way back of which the bank has not told for a while what became of them."""
    return [row["id"] for row in await tx.fetch(_RETURNING, tx.now, ASK_AGAIN, most)]


def _read(row: Any) -> Item | None:
    return _item(row) if row is not None else None


def _item(row: Any) -> Item:
    return Item(**{**row, "state": State(row["state"]), "reason": Reason(row["reason"])})
