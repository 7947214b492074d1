"""SQL of refunds."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.economy.payments.refund_model import ASK_AGAIN, LIVE, Refund, State, Way
from services.economy.payments.store import newest
from services.kit.database import Transaction
from services.kit.paging import Place

_NAMES = (
    "id", "version", "payment", "merchant", "state", "way", "amount", "reason", "refusal", "requested_by",
    "approved_by", "hold", "asked_at", "provider_reference", "created_at", "updated_at",
)  # fmt: skip
_COLUMNS = ", ".join(_NAMES)
_SAVE = f"""
INSERT INTO refund ({_COLUMNS}) VALUES ({", ".join(f"${number}" for number in range(1, len(_NAMES) + 1))})
ON CONFLICT (id) DO UPDATE
   SET version = excluded.version, state = excluded.state, refusal = excluded.refusal,
       approved_by = excluded.approved_by, asked_at = excluded.asked_at,
       provider_reference = excluded.provider_reference, updated_at = excluded.updated_at
"""
_LIVE = """
SELECT coalesce(sum(amount), 0)::bigint AS live,
       coalesce(sum(amount) FILTER (WHERE approved_by = '' AND state <> 'requested'), 0)::bigint AS alone
  FROM refund WHERE payment = $1 AND state = ANY($2::text[])
"""
_PAGE = f"""
SELECT {", ".join(f"r.{name}" for name in _NAMES)}, p.code, p.currency
  FROM refund r JOIN payment p ON p.id = r.payment
 WHERE r.state = ANY($1::text[]) AND ($2::uuid IS NULL OR r.merchant = $2) AND (r.created_at, r.id) < ($3, $4)
 ORDER BY r.created_at DESC, r.id DESC LIMIT $5
"""
_PROCESSING = """
SELECT id FROM refund
 WHERE state = 'processing' AND coalesce(asked_at, updated_at) <= $1::timestamptz - $2::interval
 ORDER BY created_at LIMIT $3
"""


@dataclass(frozen=True)
class Filter:
    """Which refunds; without a merchant those of all."""

    states: tuple[State, ...]
    merchant: UUID | None = None


async def by_id(tx: Transaction, id_: UUID, *, lock: bool = False) -> Refund | None:
    """The refund of that id; locked until the end of the transaction if asked (lock its payment first)."""
    sql = f"SELECT {_COLUMNS} FROM refund WHERE id = $1{' FOR NO KEY UPDATE' if lock else ''}"
    row = await tx.fetchrow(sql, id_)
    return _refund(row) if row is not None else None


async def save(tx: Transaction, refund: Refund) -> None:
    """Writes a refund, new or changed."""
    values = [getattr(refund, name) for name in _NAMES]
    values[4], values[5] = refund.state.value, refund.way.value
    await tx.execute(_SAVE, *values)


async def mark_asked(tx: Transaction, id_: UUID) -> None:
    """Writes down that the bank is about to be asked."""
    await tx.execute("UPDATE refund SET asked_at = $2 WHERE id = $1", id_, tx.now)


async def live(tx: Transaction, payment: UUID) -> tuple[int, int]:
    """What refunds of a payment amount to that are done or may still be, and the part of it
    that went without a second person."""
    row: Any = await tx.fetchrow(_LIVE, payment, [state.value for state in LIVE])
    return row["live"], row["alone"]


async def page(tx: Transaction, wanted: Filter, after: Place | None, size: int) -> list[tuple[Refund, str, str]]:
    """At most ``size`` refunds with code and currency of their payments, newest first, after a place in that order."""
    states = [state.value for state in wanted.states]
    rows = await tx.fetch(_PAGE, states, wanted.merchant, *newest(after), size)
    return [(_refund(row), row["code"], row["currency"]) for row in rows]


async def processing(tx: Transaction, most: int) -> list[UUID]:
    """Refunds of which the bank has not told for a while what became of them."""
    return [row["id"] for row in await tx.fetch(_PROCESSING, tx.now, ASK_AGAIN, most)]


def _refund(row: Any) -> Refund:
    return Refund(**{**{name: row[name] for name in _NAMES}, "state": State(row["state"]), "way": Way(row["way"])})
