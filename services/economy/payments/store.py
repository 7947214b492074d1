"""SQL of payments."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from services.economy.payments.model import DOUBT_AFTER, DOUBT_EVERY, Method, Payment, PutAside, State
from services.economy.providers.model import ASK_AGAIN
from services.kit.database import Transaction, Write, paging
from services.kit.database.table import Keyset, Page

_NAMES = Payment._fields
_STATE, _METHOD = _NAMES.index("state"), _NAMES.index("method")
_STATES, _METHODS = {each.value: each for each in State}, {each.value: each for each in Method}
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
_NEWEST: Keyset[Payment] = Keyset(
    {"created_at": datetime, "id": UUID}, of=lambda one: (one.created_at, one.id), descending=True
)
_PAGE = f"""
SELECT one.* FROM (SELECT DISTINCT unnest($2::text[])) AS wanted (wanted_state), LATERAL (
    SELECT {_COLUMNS} FROM payment WHERE merchant = $1 AND state = wanted_state AND (created_at, id) < ($3, $4)
     ORDER BY created_at DESC, id DESC LIMIT $5) AS one
 ORDER BY created_at DESC, id DESC LIMIT $5
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
# Who asks comes with their wallet, so that it need not be looked up in a round trip of its own.
_LOCK_FOR_WALLETS = f"""
SELECT {", ".join(f"p.{name}" for name in _NAMES)}, item.payer AS asker, m.name AS merchant_name,
       m.state AS merchant_state, w.account AS wallet
  FROM unnest($1::uuid[], $2::text[]) AS item (id, payer)
  JOIN payment p ON p.id = item.id
  LEFT JOIN merchant m ON m.id = p.merchant
  LEFT JOIN wallet w ON w.subject = item.payer
 ORDER BY p.id FOR NO KEY UPDATE OF p
"""
# Of what was released and of nothing else it is told where it went; nothing of what was captured for it after all. What
# came by its own QRIS, which is used up, is there however much came besides.
_PUT_ASIDE = """
SELECT one.amount, one.reason, one.state, one.state = 'released' AND one.back AS returned,
       coalesce(merchant.name, '') AS target_name, one.created_at,
       one.provider_reference = (SELECT provider_reference FROM payment WHERE id = $1) AS by_qris
  FROM suspense AS one LEFT JOIN merchant ON merchant.id = one.target AND one.state = 'released'
 WHERE one.payment = $1 AND (one.state <> 'released' OR one.back OR one.target IS NOT NULL)
 ORDER BY by_qris DESC, one.created_at DESC, one.id DESC LIMIT 5
"""
# One after the other, by their indexes: joined at a stroke, all that ever was in suspense would be read.
_BILLS_ASIDE = """
SELECT wanted.bill FROM unnest($1::text[]) AS wanted (bill), LATERAL (
    SELECT FROM payment, LATERAL (
        SELECT FROM suspense WHERE suspense.payment = payment.id AND suspense.state <> 'released' LIMIT 1) AS aside
     WHERE payment.bill = wanted.bill AND payment.bill <> '' LIMIT 1) AS one
"""
# A process of the version before remembers none, and may have made the payment since.
_DECLINED = """
SELECT reason FROM payment_declined
 WHERE requester = $1 AND request = $2
   AND NOT EXISTS (SELECT FROM payment WHERE requester = $1 AND request = $2 AND requester <> '')
"""
_DECLINE = """
INSERT INTO payment_declined (requester, request, reason, declined_at) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING
"""
ORDERED = "requester <> '' AND bill = '' AND creator <> ''"
"""Payments of which it is known who ordered what a pillar asked the money for."""
WAITING = """
(SELECT count(*) FROM refund WHERE refund.payment = payment.id AND refund.state IN ('requested', 'processing'))
"""
"""How many refunds of a payment wait for somebody, or for the bank."""
ENDED = f"(state IN ('expired', 'refunded') OR state = 'cancelled' AND qr = '') AND {WAITING} = 0"
"""Payments of which no money comes or goes back any more: until then their buyer is known, who decides nothing of them
in office.
"""
PERMIT_FEE = "requester = 'economy' AND purpose = 'permit'"
# Each by its reference, as ``permits.events`` writes it.
_KNOW_APPLICANT = f"""
UPDATE payment SET creator = $2
 WHERE {PERMIT_FEE} AND bill = '' AND creator = '' AND expires_at >= $3 AND NOT ({ENDED})
   AND request = ANY(ARRAY(SELECT permit.code || '/' || asked.number
                             FROM permit CROSS JOIN LATERAL generate_series(1, permit.payments) AS asked (number)
                            WHERE permit.id = ANY($1::uuid[])))
"""
_FORGET_BUYERS = f"""
UPDATE payment SET creator = '' WHERE id IN (
    SELECT id FROM payment WHERE {ORDERED} AND expires_at < $1 AND {WAITING} = 0 ORDER BY expires_at LIMIT $2
       FOR NO KEY UPDATE SKIP LOCKED)
"""
UNPAID = "payer <> '' AND paid_by = '' AND state IN ('cancelled', 'expired') AND qr = ''"
"""Payments that ended unpaid, and are in no books, of which it is known whose money was asked for."""
_FORGET_PAYERS = f"""
UPDATE payment SET payer = '' WHERE id IN (
    SELECT id FROM payment WHERE {UNPAID} AND expires_at < $1 ORDER BY expires_at LIMIT $2
       FOR NO KEY UPDATE SKIP LOCKED)
"""
_KNOW_BUYER = "UPDATE payment SET creator = $2 WHERE id = $1 AND requester <> '' AND bill = '' AND creator = ''"
_IDS = "SELECT code, id FROM payment WHERE code = ANY($1::text[])"
_PAY = """
UPDATE payment p
   SET state = 'captured', method = 'wallet', version = version + 1, paid_by = e.paid_by, captured_at = $3,
       updated_at = $3
  FROM unnest($1::uuid[], $2::text[]) AS e (id, paid_by) WHERE p.id = e.id
"""


@dataclass(frozen=True)
class Filter:
    """Payments of a merchant in some states."""

    merchant: UUID
    states: tuple[State, ...]


class Locked(NamedTuple):
    """A payment that is locked, and what else paying from a wallet needs.

    No merchant (empty) for a top-up; ``wallet`` is the account of who asks, if there is one.
    """

    payment: Payment
    merchant_name: str
    merchant_state: str
    wallet: UUID | None


async def by_id(tx: Transaction, id_: UUID, *, lock: bool = False) -> Payment | None:
    """The payment of that id; locked until the end of the transaction if asked."""
    return _read(await tx.fetchrow(f"SELECT {_COLUMNS} FROM payment WHERE id = $1{_locked(lock)}", id_))


async def by_ids(tx: Transaction, ids: Sequence[UUID]) -> list[Payment]:
    """The payments of those ids."""
    return _all(await tx.fetch(f"SELECT {_COLUMNS} FROM payment WHERE id = ANY($1::uuid[])", ids))


async def by_code(tx: Transaction, code: str, *, lock: bool = False) -> Payment | None:
    """The payment of that code, written as it is shown."""
    return _read(await tx.fetchrow(f"SELECT {_COLUMNS} FROM payment WHERE code = $1{_locked(lock)}", code))


async def put_aside(tx: Transaction, payment: UUID) -> list[PutAside]:
    """The newest money in suspense that came for a payment, the newest first."""
    return [PutAside(*row) for row in await tx.fetch(_PUT_ASIDE, payment)]


async def bills_aside(tx: Transaction, bills: Collection[str]) -> frozenset[str]:
    """Those of the bills for which money came that waits in suspense, under whichever of their payments."""
    wanted = sorted(set(bills) - {""})
    return frozenset(row["bill"] for row in await tx.fetch(_BILLS_ASIDE, wanted)) if wanted else frozenset()


async def by_provider_reference(tx: Transaction, reference: str, *, lock: bool = False) -> Payment | None:
    """The payment that the acquirer knows by that reference."""
    sql = f"SELECT {_COLUMNS} FROM payment WHERE provider_reference = $1 AND provider_reference <> ''{_locked(lock)}"
    return _read(await tx.fetchrow(sql, reference))


async def by_request(tx: Transaction, requester: str, request: str) -> Payment | None:
    """The payment that a pillar asked for under its own reference."""
    sql = f"SELECT {_COLUMNS} FROM payment WHERE requester = $1 AND request = $2 AND requester <> ''"
    return _read(await tx.fetchrow(sql, requester, request))


async def declined(tx: Transaction, requester: str, request: str) -> str | None:
    """Why no payment was made that a pillar asked for under its own reference; None where none was declined."""
    reason: str | None = await tx.fetchval(_DECLINED, requester, request)
    return reason


async def decline(tx: Transaction, requester: str, request: str, reason: str) -> None:
    """Keeps why none is made, for as long as payments are kept."""
    await tx.execute(_DECLINE, requester, request, reason, tx.now)


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


async def page(tx: Transaction, wanted: Filter, size: int, token: str) -> Page[Payment]:
    """Payments of a merchant, newest first. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    most = paging.page_size(size)
    after = _NEWEST.after(token, wanted) or [datetime.max, UUID(int=0)]  # asyncpg: infinity
    states = [state.value for state in wanted.states]
    return _NEWEST.cut(_all(await tx.fetch(_PAGE, wanted.merchant, states, *after, most + 1)), most, wanted)


async def overdue(tx: Transaction, most: int) -> list[Payment]:
    """Payments whose time is over and that were never shown as a QRIS; locked, without those that others work on."""
    return _all(await tx.fetch(_OVERDUE, tx.now, most))


async def to_ask(tx: Transaction, most: int) -> list[Payment]:
    """Pending payments that the acquirer is to be asked for now; marked as asked."""
    rows = await tx.fetch(_TO_ASK, tx.now, DOUBT_AFTER, DOUBT_EVERY, ASK_AGAIN, most)
    return _all(rows)


async def stale_qrs(tx: Transaction, most: int) -> list[Payment]:
    """Payments that are not to be paid by their QRIS any more, which the acquirer would still take; marked as asked."""
    return _all(await tx.fetch(_STALE, tx.now, ASK_AGAIN, most))


async def forget_qr(tx: Transaction, id_: UUID) -> None:
    """Writes down that the acquirer takes no more money for a QRIS."""
    await tx.execute("UPDATE payment SET qr = '' WHERE id = $1", id_)


async def forget_creator(tx: Transaction, id_: UUID) -> None:
    """Nobody is known to have asked for it any more."""
    await tx.execute("UPDATE payment SET creator = '' WHERE id = $1", id_)


async def know_buyer(tx: Transaction, id_: UUID, buyer: str) -> None:
    """Who ordered what a pillar asked the money for is known again, where they were forgotten."""
    await tx.execute(_KNOW_BUYER, id_, buyer)


async def know_applicant(tx: Transaction, permits: Sequence[UUID], applicant: str, before: datetime) -> None:
    """Whose the fees of permits were that are about to be forgotten is known for as long as money of them may go back:
    of none that was to be paid ``before``.
    """
    await tx.execute(_KNOW_APPLICANT, permits, applicant, before)


async def forget_buyers(tx: Transaction, before: datetime, most: int) -> bool:
    """Nobody is known to have ordered what was to be paid before, unless money of it is to go back. Whether there are
    more.
    """
    return await tx.execute(_FORGET_BUYERS, before, most) == f"UPDATE {most}"


async def forget_payers(tx: Transaction, before: datetime, most: int) -> bool:
    """Nobody is known whose money was asked for in vain before. Whether there are more."""
    return await tx.execute(_FORGET_PAYERS, before, most) == f"UPDATE {most}"


async def expire(tx: Transaction, payments: Sequence[Payment]) -> None:
    """Writes payments that have expired, all in one statement."""
    await tx.execute(_EXPIRE, [one.id for one in payments], [one.version for one in payments], tx.now)


async def ids_of(tx: Transaction, codes: Sequence[str]) -> dict[str, UUID]:
    """The ids of payments that are known by their codes."""
    return {row["code"]: row["id"] for row in await tx.fetch(_IDS, codes)}


async def lock_for_wallets(tx: Transaction, wanted: Collection[tuple[UUID, str]]) -> dict[tuple[UUID, str], Locked]:
    """Payments, by id and the subject who asks to pay; locked in the order of their ids."""
    ids, payers = zip(*wanted, strict=True)
    rows = await tx.fetch(_LOCK_FOR_WALLETS, ids, payers)
    return {(row["id"], row["asker"]): _locked_row(row) for row in rows}


def pay_from_wallets(ids: Sequence[UUID], payers: Sequence[str], now: datetime) -> Write:
    """What writes payments that were paid from wallets."""
    return Write(_PAY, (ids, payers, now) if ids else (), rows=len(ids))


def _values(payment: Payment) -> list[Any]:
    values: list[Any] = list(payment)
    values[_STATE], values[_METHOD] = payment.state.value, payment.method.value
    return values


def _locked(lock: bool) -> str:
    return " FOR NO KEY UPDATE" if lock else ""


def _all(rows: Sequence[Any]) -> list[Payment]:
    return [_payment(row) for row in rows]


def _locked_row(row: Any) -> Locked:
    return Locked(_payment(row), row["merchant_name"] or "", row["merchant_state"] or "", row["wallet"])


def _payment(row: Any) -> Payment:
    """A payment of a row that begins with its columns."""
    values = list(row[: len(_NAMES)])
    values[_STATE], values[_METHOD] = _STATES[values[_STATE]], _METHODS[values[_METHOD]]
    return Payment._make(values)


def _read(row: Any) -> Payment | None:
    return _payment(row) if row is not None else None
