"""SQL of differences, and of what we have under the acquirer's references."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.economy.reconciliation.model import Difference, Key, Kind, Known
from services.kit.database import Transaction, paging
from services.kit.database.table import Keyset, Page

# What was put right and differs again is open again; what is open has what the report has now. What
# was paid out in spite of one difference of this money, open or of the same day, was in spite of the next as well.
_INSERT = """
INSERT INTO difference (id, day, kind, provider_reference, payment, currency, bank, here, mended, created_at,
                        paid_batch)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, coalesce(
    (SELECT paid_batch FROM difference
      WHERE provider_reference = $4 AND NOT mended AND paid_batch IS NOT NULL AND (kind = 'refund') = ($3 = 'refund')
      LIMIT 1),
    (SELECT paid_batch FROM difference
      WHERE day = $2 AND kind IN ('only_here', 'amount') AND provider_reference = $4 AND paid_batch IS NOT NULL
      LIMIT 1)))
ON CONFLICT (day, kind, provider_reference) DO UPDATE
   SET mended = false, bank = excluded.bank, here = excluded.here, currency = excluded.currency,
       paid_batch = coalesce(difference.paid_batch, excluded.paid_batch)
 WHERE NOT excluded.mended
   AND (difference.mended OR (difference.bank, difference.here, difference.currency)
        IS DISTINCT FROM (excluded.bank, excluded.here, excluded.currency))
RETURNING id
"""
_MENDED = "UPDATE difference SET mended = true WHERE day = $1 AND kind = $2 AND provider_reference = $3"
# Money that only the acquirer has stays open: it is in suspense, and its release puts the difference right.
_SETTLE = """
UPDATE difference SET mended = true
 WHERE day = $1 AND NOT mended AND kind <> 'only_bank' AND provider_reference = ANY($2::text[])
   AND (kind = 'refund') = $3
"""
# What we alone had on a day, the acquirer booked on another.
_CAME_LATER = """
UPDATE difference SET mended = true
 WHERE NOT mended AND bank IS NULL AND provider_reference = ANY($1::text[]) AND (kind = 'refund') = $2
"""
# What was struck out, since the acquirer never had it, we do not have either.
_STRUCK = "(state = 'released' AND proposed_by <> '' AND target IS NULL AND NOT back)"
_PAYMENTS = f"""
SELECT provider_reference AS reference, amount, id AS payment FROM payment
 WHERE provider_reference = ANY($1::text[]) AND provider_reference <> '' AND captured_at IS NOT NULL
   AND method IN ('qris_dynamic', 'qris_static')
UNION ALL
SELECT provider_reference, amount, payment FROM suspense
 WHERE provider_reference = ANY($1::text[]) AND NOT {_STRUCK}
"""
_REFUNDS = """
SELECT provider_reference AS reference, amount, payment FROM refund
 WHERE provider_reference = ANY($1::text[]) AND provider_reference <> '' AND way = 'bank' AND state = 'done'
UNION ALL
SELECT return_reference, amount, payment FROM suspense
 WHERE return_reference = ANY($1::text[]) AND return_reference <> '' AND state = 'released'
"""
# Money that was sent back out of suspense before anybody wrote down under which reference.
_SENT_BACK = """
SELECT coalesce(payment.code, '') AS code, suspense.amount, suspense.payment
  FROM suspense LEFT JOIN payment ON payment.id = suspense.payment
 WHERE suspense.state = 'released' AND suspense.back AND suspense.updated_at >= $1 AND suspense.updated_at < $2
   AND suspense.return_reference = ''
 ORDER BY suspense.id
"""
# What was found with the acquirer only, and captured or suspended then, is in the report of an earlier day.
_CAME = f"""
SELECT came.* FROM (
    SELECT provider_reference AS reference, amount, id AS payment, presented_at AS since FROM payment
     WHERE captured_at >= $1 AND captured_at < $2 AND method IN ('qris_dynamic', 'qris_static')
       AND provider IN ('', $3)
    UNION ALL
    SELECT one.provider_reference, one.amount, one.payment, payment.presented_at
      FROM (SELECT * FROM suspense WHERE NOT {_STRUCK}) AS one LEFT JOIN payment ON payment.id = one.payment
     WHERE one.created_at >= $1 AND one.created_at < $2 AND NOT one.exercise
       AND coalesce(payment.provider, '') IN ('', $3)) AS came
 WHERE NOT EXISTS (SELECT FROM difference WHERE provider_reference = came.reference AND kind = 'only_bank')
 ORDER BY came.reference
"""
# What was found with the acquirer only, and booked then, is in the report of an earlier day.
_GIVEN_BACK = """
SELECT refund.provider_reference AS reference, refund.amount, refund.payment, refund.created_at AS since
  FROM refund JOIN payment ON payment.id = refund.payment
 WHERE refund.updated_at >= $1 AND refund.updated_at < $2 AND refund.way = 'bank' AND refund.state = 'done'
   AND payment.provider IN ('', $3)
   AND NOT EXISTS (SELECT FROM difference
                    WHERE difference.provider_reference = refund.provider_reference AND kind = 'refund'
                      AND here IS NULL AND mended)
UNION ALL
SELECT one.return_reference, one.amount, one.payment, one.created_at
  FROM suspense AS one LEFT JOIN payment ON payment.id = one.payment
 WHERE one.updated_at >= $1 AND one.updated_at < $2 AND one.state = 'released' AND one.back
   AND one.return_reference <> '' AND coalesce(payment.provider, '') IN ('', $3)
   AND NOT EXISTS (SELECT FROM difference
                    WHERE difference.provider_reference = one.return_reference AND kind = 'refund'
                      AND here IS NULL AND mended)
 ORDER BY reference
"""
_PAGE = """
SELECT one.id, one.day, one.kind, one.provider_reference AS reference, one.payment, one.currency, one.bank, one.here,
       one.mended, one.created_at, one.paid_batch, coalesce(payment.code, '') AS code,
       coalesce(merchant.name, '') AS seller
  FROM difference AS one LEFT JOIN payment ON payment.id = one.payment
       LEFT JOIN merchant ON merchant.id = payment.merchant
 WHERE (one.created_at, one.id) < ($1, $2) {day}
 ORDER BY one.created_at DESC, one.id DESC LIMIT $3
"""
_ALL, _OF_DAY = _PAGE.format(day=""), _PAGE.format(day="AND one.day = $4")
_BEGIN = "INSERT INTO reconciling (provider, since) VALUES ($1, $2) ON CONFLICT DO NOTHING"
_MISSED = """
SELECT since + back AS day FROM reconciling, generate_series(0, $2::date - since) AS back
 WHERE provider = $1 AND NOT EXISTS (SELECT FROM reconciliation AS done WHERE done.provider = $1 AND day = since + back)
 ORDER BY back
"""
_COMPARED = "SELECT day FROM reconciliation WHERE provider = $1 AND day = ANY($2::date[])"
_DONE = """
INSERT INTO reconciliation (provider, day, lines, equal, done_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (provider, day) DO UPDATE
   SET lines = excluded.lines, equal = excluded.equal, done_at = excluded.done_at
"""


@dataclass(frozen=True)
class Listed:
    """A difference, the code of its payment (empty: none), and the name of the merchant that was paid (likewise)."""

    difference: Difference
    code: str
    seller: str


@dataclass(frozen=True)
class SentBack:
    """Money that went back out of suspense under a reference that nobody wrote down."""

    code: str
    amount: int
    payment: UUID | None


def _place(listed: Listed) -> tuple[datetime, UUID]:
    return listed.difference.created_at, listed.difference.id


_NEWEST: Keyset[Listed] = Keyset({"created_at": datetime, "id": UUID}, of=_place, descending=True)


async def insert(tx: Transaction, made: Difference) -> bool:
    """Writes a difference; False when it was found before."""
    found = await tx.fetchval(
        _INSERT,
        made.id,
        made.day,
        made.kind.value,
        made.reference,
        made.payment,
        made.currency,
        made.bank,
        made.here,
        made.mended,
        made.created_at,
    )
    if found is None and made.mended:
        await tx.execute(_MENDED, made.day, made.kind.value, made.reference)
    return bool(found == made.id)


async def settle(tx: Transaction, day: date, keys: Collection[Key]) -> None:
    """On these lines the books differ no more."""
    for references, is_refund in _apart(keys):
        await tx.execute(_SETTLE, day, references, is_refund)


async def came_later(tx: Transaction, keys: Collection[Key]) -> None:
    """The acquirer has what these lines are of, on whichever day it was missing there."""
    for references, is_refund in _apart(keys):
        await tx.execute(_CAME_LATER, references, is_refund)


async def payments(tx: Transaction, references: Sequence[str]) -> list[Known]:
    """What was captured or suspended under references of the acquirer."""
    return [Known(**row) for row in await tx.fetch(_PAYMENTS, references)]


async def refunds(tx: Transaction, references: Sequence[str]) -> list[Known]:
    """What was given back, or sent back out of suspense, under references of the acquirer."""
    return [Known(**row) for row in await tx.fetch(_REFUNDS, references)]


async def sent_back(tx: Transaction, since: datetime, until: datetime) -> list[SentBack]:
    """What was sent back out of suspense in a time, nobody knows under which reference."""
    return [SentBack(**row) for row in await tx.fetch(_SENT_BACK, since, until)]


async def came(tx: Transaction, since: datetime, until: datetime, provider: str) -> list[Known]:
    """What we captured or suspended through an acquirer in a time, without what its own reports brought us."""
    return [Known(**row) for row in await tx.fetch(_CAME, since, until, provider)]


async def given_back(tx: Transaction, since: datetime, until: datetime, provider: str) -> list[Known]:
    """What we gave back, or sent back out of suspense, through an acquirer in a time."""
    return [Known(**row) for row in await tx.fetch(_GIVEN_BACK, since, until, provider)]


async def open_on(tx: Transaction, day: date) -> int:
    """How many differences of a day are open."""
    return int(await tx.fetchval("SELECT count(*) FROM difference WHERE day = $1 AND NOT mended", day))


async def page(tx: Transaction, day: date | None, size: int, token: str) -> Page[Listed]:
    """Differences, newest first. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    most = paging.page_size(size)
    at, id_ = _NEWEST.after(token, day) or (datetime.max, UUID(int=0))  # asyncpg: infinity
    rows = await tx.fetch(_ALL, at, id_, most + 1) if day is None else await tx.fetch(_OF_DAY, at, id_, most + 1, day)
    return _NEWEST.cut([_listed(row) for row in rows], most, day)


async def done(tx: Transaction, provider: str, day: date, lines: int, equal: int) -> None:
    """Writes down that a day was compared."""
    await tx.execute(_DONE, provider, day, lines, equal, tx.now)


async def begin(tx: Transaction, provider: str, since: date) -> None:
    """Every day is to be compared from then on, unless it was said before from when on."""
    await tx.execute(_BEGIN, provider, since)


async def since(tx: Transaction, provider: str) -> date | None:
    """From which day on every day is to be compared."""
    found: date | None = await tx.fetchval("SELECT since FROM reconciling WHERE provider = $1", provider)
    return found


async def compared(tx: Transaction, provider: str, days: Collection[date]) -> frozenset[date]:
    """Which of these days were compared, or noted as such."""
    return frozenset(row["day"] for row in await tx.fetch(_COMPARED, provider, list(days)))


async def missed(tx: Transaction, provider: str, last: date) -> list[date]:
    """The days up to ``last`` that are to be compared and were not, the oldest first."""
    return [row["day"] for row in await tx.fetch(_MISSED, provider, last)]


def _apart(keys: Collection[Key]) -> list[tuple[list[str], bool]]:
    """References of payments, and those of refunds: what was given back says nothing of whether it had come."""
    return [
        ([reference for kind, reference in keys if kind == each], each == "refund") for each in ("payment", "refund")
    ]


def _listed(row: Any) -> Listed:
    fields = {name: row[name] for name in Difference.__dataclass_fields__}
    return Listed(Difference(**{**fields, "kind": Kind(row["kind"])}), row["code"], row["seller"])
