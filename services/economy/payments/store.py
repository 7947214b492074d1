"""SQL of payments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.economy.payments.model import DOUBT_AFTER, DOUBT_EVERY, Method, Payment, State
from services.kit.database import Transaction
from services.kit.paging import Place

_NAMES = (
    "id", "code", "version", "state", "method", "merchant", "payee", "terminal", "creator", "payer", "paid_by",
    "taken_by", "currency", "amount", "fee", "refunded", "purpose", "description", "bill", "requester", "request",
    "area", "sector", "qr", "provider", "provider_reference", "correlation", "exercise", "created_at", "updated_at",
    "expires_at", "presented_at", "asked_at", "captured_at",
)  # fmt: skip
_COLUMNS = ", ".join(_NAMES)
_ADD = f"""
INSERT INTO payment ({_COLUMNS}) VALUES ({", ".join(f"${number}" for number in range(1, len(_NAMES) + 1))})
ON CONFLICT (code) DO NOTHING RETURNING true
"""
_SAVE = """
UPDATE payment
   SET version = $2, state = $3, method = $4, paid_by = $5, taken_by = $6, fee = $7, refunded = $8, qr = $9,
       provider = $10, provider_reference = $11, updated_at = $12, presented_at = $13, captured_at = $14
 WHERE id = $1
"""
_PAGE = f"""
SELECT {_COLUMNS} FROM payment
 WHERE merchant = $1 AND (state = ANY($2::text[])) AND (created_at, id) < ($3, $4)
 ORDER BY created_at DESC, id DESC LIMIT $5
"""
_CAPTURED_ON = f"""
SELECT {_COLUMNS} FROM payment WHERE merchant = $1 AND captured_at >= $2 AND captured_at < $3 ORDER BY captured_at, id
"""
_OVERDUE = f"""
SELECT {_COLUMNS} FROM payment WHERE state = 'created' AND expires_at <= $1
 ORDER BY id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
"""
# Those in doubt, and those whose time is over; who asks says so at once, so that nobody else does.
_TO_ASK = f"""
UPDATE payment SET asked_at = $1
 WHERE id IN (
    SELECT id FROM payment
     WHERE state = 'pending'
       AND CASE WHEN expires_at > $1
                THEN presented_at <= $1::timestamptz - $2::interval
                     AND (asked_at IS NULL OR asked_at <= $1::timestamptz - $3::interval)
                ELSE asked_at IS NULL OR asked_at < expires_at OR asked_at <= $1::timestamptz - $4::interval END
     ORDER BY id LIMIT $5 FOR NO KEY UPDATE SKIP LOCKED)
RETURNING {_COLUMNS}
"""
_EXPIRE = """
UPDATE payment p SET state = 'expired', qr = '', version = e.version, updated_at = $3
  FROM unnest($1::uuid[], $2::int[]) AS e (id, version) WHERE p.id = e.id
"""
_STALE = f"""
UPDATE payment SET asked_at = $1
 WHERE id IN (
    SELECT id FROM payment
     WHERE qr <> '' AND state NOT IN ('created', 'pending')
       AND (asked_at IS NULL OR asked_at < updated_at OR asked_at <= $1::timestamptz - $2::interval)
     ORDER BY id LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED)
RETURNING {_COLUMNS}
"""
_LOCK_BY_NAME = f"""
SELECT {", ".join(f"p.{name}" for name in _NAMES)}, m.name AS merchant_name, m.state AS merchant_state
  FROM payment p LEFT JOIN merchant m ON m.id = p.merchant
 WHERE p.id = ANY($1::uuid[]) OR p.code = ANY($2::text[])
 ORDER BY p.id FOR NO KEY UPDATE OF p
"""
_PAY = """
UPDATE payment p
   SET state = 'captured', method = 'wallet', version = version + 1, paid_by = e.paid_by, captured_at = $3,
       updated_at = $3
  FROM unnest($1::uuid[], $2::text[]) AS e (id, paid_by) WHERE p.id = e.id
"""
_AGAIN = timedelta(seconds=10)
"""How long to wait until the acquirer, which did not answer, is asked again for a payment whose time is over."""


@dataclass(frozen=True)
class Filter:
    """Which payments."""

    merchant: UUID
    states: tuple[State, ...]


@dataclass(frozen=True, slots=True)
class Locked:
    """A payment that is locked, and what of its merchant paying needs; no merchant for a top-up."""

    payment: Payment
    merchant_name: str
    merchant_state: str


async def by_id(tx: Transaction, id_: UUID, *, lock: bool = False) -> Payment | None:
    """The payment of that id; locked until the end of the transaction if asked."""
    return _read(await tx.fetchrow(f"SELECT {_COLUMNS} FROM payment WHERE id = $1{_locked(lock)}", id_))


async def by_code(tx: Transaction, code: str, *, lock: bool = False) -> Payment | None:
    """The payment of that code, written as it is shown."""
    return _read(await tx.fetchrow(f"SELECT {_COLUMNS} FROM payment WHERE code = $1{_locked(lock)}", code))


async def by_provider_reference(tx: Transaction, reference: str, *, lock: bool = False) -> Payment | None:
    """The payment that the acquirer knows by that reference."""
    sql = f"SELECT {_COLUMNS} FROM payment WHERE provider_reference = $1 AND provider_reference <> ''{_locked(lock)}"
    return _read(await tx.fetchrow(sql, reference))


async def by_request(tx: Transaction, requester: str, request: str) -> Payment | None:
    """The payment that a pillar asked for under its own reference."""
    sql = f"SELECT {_COLUMNS} FROM payment WHERE requester = $1 AND request = $2 AND requester <> ''"
    return _read(await tx.fetchrow(sql, requester, request))


async def add(tx: Transaction, payment: Payment) -> bool:
    """Writes a new payment; False when its code is taken."""
    return bool(await tx.fetchval(_ADD, *_values(payment)))


async def copy(tx: Transaction, payments: Sequence[Payment]) -> None:
    """Writes many at once: for demonstration data."""
    await tx.connection.copy_records_to_table("payment", columns=_NAMES, records=map(_values, payments))


async def save(tx: Transaction, payment: Payment) -> None:
    """Writes a changed payment."""
    await tx.execute(
        _SAVE,
        payment.id,
        payment.version,
        payment.state.value,
        payment.method.value,
        payment.paid_by,
        payment.taken_by,
        payment.fee,
        payment.refunded,
        payment.qr,
        payment.provider,
        payment.provider_reference,
        payment.updated_at,
        payment.presented_at,
        payment.captured_at,
    )


async def page(tx: Transaction, wanted: Filter, after: Place | None, size: int) -> list[Payment]:
    """At most ``size`` payments of a merchant, newest first, after a place in that order (None: from the newest)."""
    states = [state.value for state in wanted.states]
    return _all(await tx.fetch(_PAGE, wanted.merchant, states, *newest(after), size))


async def captured_on(tx: Transaction, merchant: UUID, first: datetime, last: datetime) -> list[Payment]:
    """Payments of a merchant captured from ``first`` until before ``last``, in the order of their capture."""
    return _all(await tx.fetch(_CAPTURED_ON, merchant, first, last))


async def overdue(tx: Transaction, most: int) -> list[Payment]:
    """Payments whose time is over and that were never shown as a QRIS; locked, without those that others work on."""
    return _all(await tx.fetch(_OVERDUE, tx.now, most))


async def to_ask(tx: Transaction, most: int) -> list[Payment]:
    """Pending payments that the acquirer is to be asked for now; marked as asked."""
    rows = await tx.fetch(_TO_ASK, tx.now, DOUBT_AFTER, DOUBT_EVERY, _AGAIN, most)
    return _all(rows)


async def stale_qrs(tx: Transaction, most: int) -> list[Payment]:
    """Payments that are not to be paid by their QRIS any more, which the acquirer would still take; marked as asked."""
    return _all(await tx.fetch(_STALE, tx.now, _AGAIN, most))


async def forget_qr(tx: Transaction, id_: UUID) -> None:
    """Writes down that the acquirer takes no more money for a QRIS."""
    await tx.execute("UPDATE payment SET qr = '' WHERE id = $1", id_)


async def expire(tx: Transaction, payments: Sequence[Payment]) -> None:
    """Writes payments that have expired, all in one statement."""
    await tx.execute(_EXPIRE, [one.id for one in payments], [one.version for one in payments], tx.now)


async def lock_by_name(tx: Transaction, ids: Sequence[UUID], codes: Sequence[str]) -> list[Locked]:
    """Payments by id or code, locked in the order of their ids."""
    rows = await tx.fetch(_LOCK_BY_NAME, ids, codes)
    return [_locked_row(row) for row in rows]


async def pay_from_wallets(tx: Transaction, ids: Sequence[UUID], payers: Sequence[str]) -> None:
    """Writes payments that were paid from wallets, all in one statement."""
    await tx.execute(_PAY, ids, payers, tx.now)


def newest(after: Place | None) -> tuple[datetime, UUID]:
    """Where a list that begins with the newest goes on."""
    if after is None:
        return datetime.max, UUID(int=0)  # asyncpg: infinity
    return after[0] or datetime.min, after[1]


def _values(payment: Payment) -> list[Any]:
    values = [getattr(payment, name) for name in _NAMES]
    values[3], values[4] = payment.state.value, payment.method.value
    return values


def _locked(lock: bool) -> str:
    return " FOR NO KEY UPDATE" if lock else ""


def _all(rows: Sequence[Any]) -> list[Payment]:
    return [_payment({**row}) for row in rows]


def _locked_row(row: Any) -> Locked:
    columns = {**row}
    name, state = columns.pop("merchant_name"), columns.pop("merchant_state")
    return Locked(_payment(columns), name or "", state or "")


def _payment(columns: dict[str, Any]) -> Payment:
    columns["state"], columns["method"] = State(columns["state"]), Method(columns["method"])
    return Payment(**columns)


def _read(row: Any) -> Payment | None:
    return _payment({**row}) if row is not None else None
