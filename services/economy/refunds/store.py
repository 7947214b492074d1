"""SQL of refunds."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from services.economy.providers.model import ASK_AGAIN
from services.economy.refunds.model import LIVE, Refund, State
from services.kit.database import Transaction, paging
from services.kit.database.table import Keyset, Page, Table

_REFUNDS = Table(
    Refund,
    "refund",
    fixed=(
        "payment", "merchant", "way", "amount", "reason", "requested_by", "hold", "requester", "reference", "created_at"
    ),
)  # fmt: skip
_LIVE = """
SELECT coalesce(sum(amount), 0)::bigint AS live,
       coalesce(sum(amount) FILTER (WHERE approved_by = '' AND state <> 'requested'), 0)::bigint AS alone
  FROM refund WHERE payment = $1 AND state = ANY($2::text[])
"""
_LIVES = """
SELECT payment, coalesce(sum(amount), 0)::bigint AS live,
       coalesce(sum(amount) FILTER (WHERE approved_by = '' AND state <> 'requested'), 0)::bigint AS alone
  FROM refund WHERE payment = ANY($1::uuid[]) AND state = ANY($2::text[]) GROUP BY payment
"""
_ALONE = """
SELECT coalesce(sum(refund.amount), 0)::bigint
  FROM refund JOIN payment ON payment.id = refund.payment
 WHERE refund.requested_by = $1 AND refund.created_at >= $2 AND refund.approved_by = ''
   AND refund.state IN ('processing', 'done') AND NOT payment.exercise
"""
_PAGE = f"""
SELECT {", ".join(f"r.{field.name}" for field in fields(Refund))}, p.code, p.currency, coalesce(m.name, '') AS seller
  FROM (SELECT DISTINCT unnest($1::text[])) AS wanted (wanted_state), LATERAL (
    SELECT * FROM refund WHERE state = wanted_state AND (created_at, id) < ($2, $3) {{which}}
     ORDER BY created_at DESC, id DESC LIMIT $4) AS r JOIN payment p ON p.id = r.payment
  LEFT JOIN merchant m ON m.id = r.merchant
 ORDER BY r.created_at DESC, r.id DESC LIMIT $4
"""
_NEWEST_OF = f"""
SELECT DISTINCT ON (payment) {", ".join(field.name for field in fields(Refund))}
  FROM refund WHERE payment = ANY($1::uuid[]) ORDER BY payment, created_at DESC, id DESC
"""
_LIKELY = """
SELECT EXISTS (SELECT FROM refund WHERE payment = $1 AND state IN ('requested', 'processing'))
    OR EXISTS (SELECT FROM suspense
                WHERE payment = $1 AND (state <> 'released' OR (back AND return_reference = '')))
"""
_MADE_GOOD = """
SELECT failed.id FROM refund failed
 WHERE failed.id = ANY($1::uuid[]) AND (
   EXISTS (
     SELECT FROM refund again WHERE again.payment = failed.payment AND again.amount = failed.amount
        AND (again.created_at, again.id) > (failed.created_at, failed.id) AND again.state = ANY($2::text[]))
   OR (SELECT amount FROM payment WHERE id = failed.payment) <= (
     SELECT sum(given.amount) FROM refund given
      WHERE given.payment = failed.payment AND given.state = ANY($2::text[])))
"""
# As the index has it that finds what is to be decided on among however much cash lies ready for pillars.
_FOR_PILLAR = "state = 'requested' AND way = 'cash' AND requester <> ''"
_APPROVED = "state = 'requested' AND way = 'cash' AND approved_by <> ''"
_AT_COUNTER = {
    None: "",
    True: f" AND ({_FOR_PILLAR} OR {_APPROVED})",
    False: f" AND NOT ({_FOR_PILLAR}) AND NOT ({_APPROVED})",
}

_PROCESSING = """
SELECT id FROM refund
 WHERE state = 'processing' AND coalesce(asked_at, updated_at) <= $1::timestamptz - $2::interval
 ORDER BY created_at LIMIT $3
"""


@dataclass(frozen=True)
class Filter:
    """Which refunds: of a payment, else of a merchant, else of all."""

    states: tuple[State, ...]
    merchant: UUID | None = None
    payment: UUID | None = None
    at_counter: bool | None = None
    """Whether its cash lies ready at the counter (``Refund.is_at_counter``); None for both."""


class Listed(NamedTuple):
    """A refund with code and currency of its payment, and the name of its merchant."""

    refund: Refund
    code: str
    currency: str
    seller: str


_NEWEST: Keyset[Listed] = Keyset(
    {"created_at": datetime, "id": UUID}, of=lambda one: (one.refund.created_at, one.refund.id), descending=True
)
by_id, save = _REFUNDS.get, _REFUNDS.save


async def by_reference(tx: Transaction, requester: str, reference: str) -> Refund | None:
    """The refund that a pillar asked for under its own reference."""
    return await _REFUNDS.first(tx, "requester = $1 AND reference = $2 AND requester <> ''", requester, reference)


async def by_provider_reference(tx: Transaction, reference: str) -> Refund | None:
    """The refund that the acquirer knows by that reference."""
    return await _REFUNDS.first(tx, "provider_reference = $1 AND provider_reference <> ''", reference)


async def is_another_likely(tx: Transaction, payment: UUID) -> bool:
    """Whether what the acquirer gave back of a payment may be a refund that is under way, or money in suspense."""
    return bool(await tx.fetchval(_LIKELY, payment))


async def mark_asked(tx: Transaction, id_: UUID) -> None:
    """Writes down that the bank is about to be asked."""
    await tx.execute("UPDATE refund SET asked_at = $2 WHERE id = $1", id_, tx.now)


async def live(tx: Transaction, payment: UUID) -> tuple[int, int]:
    """What refunds of a payment amount to that are done or may still be, and the part of it
    that went without a second person."""
    row: Any = await tx.fetchrow(_LIVE, payment, [state.value for state in LIVE])
    return row["live"], row["alone"]


async def lives(tx: Transaction, payments: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    """As ``live``, for each of several payments of which there are refunds."""
    rows = await tx.fetch(_LIVES, payments, [state.value for state in LIVE])
    return {row["payment"]: (row["live"], row["alone"]) for row in rows}


async def made_good(tx: Transaction, failed: Sequence[UUID]) -> set[UUID]:
    """Those of some that failed of which as much was asked for again since, or of whose payment nothing is left."""
    return {row["id"] for row in await tx.fetch(_MADE_GOOD, failed, [state.value for state in LIVE])}


async def alone(tx: Transaction, who: str, since: datetime) -> int:
    """What somebody has given back since then without a second person; drills left out."""
    return int(await tx.fetchval(_ALONE, who, since))


async def page(tx: Transaction, wanted: Filter, size: int, token: str) -> Page[Listed]:
    """Refunds, newest first. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    most = paging.page_size(size)
    after = _NEWEST.after(token, wanted) or [datetime.max, UUID(int=0)]  # asyncpg: infinity
    one = wanted.payment or wanted.merchant
    of = "AND payment = $5" if wanted.payment else "AND merchant = $5" if one else ""
    sql = _PAGE.format(which=of + _AT_COUNTER[wanted.at_counter])
    rows = await tx.fetch(sql, [state.value for state in wanted.states], *after, most + 1, *([one] if one else []))
    listed = [Listed(_REFUNDS.entity(row), row["code"], row["currency"], row["seller"]) for row in rows]
    return _NEWEST.cut(listed, most, wanted)


async def newest_of(tx: Transaction, payments: Sequence[UUID]) -> list[Refund]:
    """The newest refund of each of several payments of which there are refunds."""
    return [_REFUNDS.entity(row) for row in await tx.fetch(_NEWEST_OF, payments)]


async def processing(tx: Transaction, most: int) -> list[UUID]:
    """Refunds of which the bank has not told for a while what became of them."""
    return [row["id"] for row in await tx.fetch(_PROCESSING, tx.now, ASK_AGAIN, most)]
