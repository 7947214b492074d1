"""SQL of merchants and their tills."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.economy.merchants.model import Kind, Merchant, Size, State, Takings, Terminal
from services.kit.database import Transaction, paging
from services.kit.database import rows as deleted
from services.kit.database.table import Keyset, Page

_COLUMNS = """
id, version, kind, state, owner, agency, name, mcc, sector, size, area, nmid, pan, bank, bank_number, account, reason,
exercise, created_at, updated_at, permit, permit_ended
"""
_SELECT = f"SELECT {_COLUMNS} FROM merchant"
_SAVE = f"""
INSERT INTO merchant ({_COLUMNS})
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, nullif($12, ''), nullif($13, ''), $14, $15, $16, $17, $18, $19,
        $20, $21, $22)
ON CONFLICT (id) DO UPDATE
   SET version = excluded.version, state = excluded.state, name = excluded.name, mcc = excluded.mcc,
       sector = excluded.sector, size = excluded.size, area = excluded.area, nmid = excluded.nmid, pan = excluded.pan,
       bank = excluded.bank, bank_number = excluded.bank_number, reason = excluded.reason,
       updated_at = excluded.updated_at, permit = excluded.permit, permit_ended = excluded.permit_ended
"""
_OLDEST: Keyset[Merchant] = Keyset({"created_at": datetime, "id": UUID}, of=lambda one: (one.created_at, one.id))
# Several statements, so that each finds its index: a list for each state, merged; and the city's counters, and what is
# one's own, which are few.
_PAGE = f"""
SELECT one.* FROM (SELECT DISTINCT unnest($1::text[])) AS wanted (wanted_state), LATERAL (
    {_SELECT} WHERE state = wanted_state AND (created_at, id) > ($2, $3) ORDER BY created_at, id LIMIT $4) AS one
 ORDER BY created_at, id LIMIT $4
"""
_COUNTERS_PAGE = f"""
WITH counter AS MATERIALIZED ({_SELECT} WHERE kind = 'counter')
SELECT * FROM counter WHERE state = ANY($1::text[]) AND (created_at, id) > ($2, $3) ORDER BY created_at, id LIMIT $4
"""
_OWN_PAGE = f"""
{_SELECT} WHERE state = ANY($1::text[]) AND (created_at, id) > ($2, $3)
   AND ((owner <> '' AND owner = $5) OR (kind = 'counter' AND agency = $6))
 ORDER BY created_at, id LIMIT $4
"""
_TAKINGS = """
WITH paid AS (
    SELECT (captured_at AT TIME ZONE $4)::date AS day, count(*) AS payments, sum(amount) AS captured,
           sum(amount) FILTER (WHERE method = 'cash') AS cash, sum(fee) AS fees
      FROM payment
     WHERE merchant = $1 AND captured_at >= $2 AND captured_at < $3 AND NOT exercise
     GROUP BY 1
), given_back AS (
    SELECT (refund.updated_at AT TIME ZONE $4)::date AS day, sum(refund.amount) AS refunded
      FROM refund JOIN payment ON payment.id = refund.payment
     WHERE refund.merchant = $1 AND refund.state = 'done' AND refund.updated_at >= $2 AND refund.updated_at < $3
       AND NOT payment.exercise
     GROUP BY 1
), let_go AS (
    SELECT (updated_at AT TIME ZONE $4)::date AS day, sum(amount) AS released
      FROM suspense
     WHERE target = $1 AND state = 'released' AND updated_at >= $2 AND updated_at < $3
     GROUP BY 1
)
SELECT day, coalesce(payments, 0)::bigint AS payments, (coalesce(captured, 0) + coalesce(released, 0))::bigint AS gross,
       coalesce(cash, 0)::bigint AS cash, coalesce(fees, 0)::bigint AS fees, coalesce(refunded, 0)::bigint AS refunded,
       coalesce(released, 0)::bigint AS released
  FROM paid FULL JOIN given_back USING (day) FULL JOIN let_go USING (day)
 ORDER BY day DESC
"""

# Without a number of the acquirer's and without an entry: no book tells of it.
_UNTRADED = f"""
{_SELECT} WHERE owner = $1 AND owner <> '' AND nmid IS NULL AND state = ANY($2::text[])
   AND (SELECT account.entries FROM account WHERE account.id = merchant.account) = 0
 ORDER BY id LIMIT $3 FOR NO KEY UPDATE
"""
_FORGET = """
UPDATE merchant SET owner = '', name = '–', bank = '', bank_number = '', permit = '', reason = ''
 WHERE id = ANY($1::uuid[])
"""
_FORGET_ACCOUNTS = """
UPDATE account SET owner = '' WHERE id IN (SELECT merchant.account FROM merchant WHERE merchant.id = ANY($1::uuid[]))
"""


@dataclass(frozen=True)
class Filter:
    """Which merchants: of some states, and all of them or all counters, or those of an owner or an agency (empty: of
    none).
    """

    states: tuple[State, ...]
    everybodys: bool = False
    counters: bool = False
    owner: str = ""
    agency: str = ""


async def by_id(tx: Transaction, id: UUID, lock: bool = False) -> Merchant | None:  # noqa: A002 - the field's own word
    """The merchant of that id; locked until the end of the transaction if asked."""
    return _read(await tx.fetchrow(f"{_SELECT} WHERE id = $1{' FOR UPDATE' if lock else ''}", id))


async def by_ids(tx: Transaction, ids: Sequence[UUID]) -> list[Merchant]:
    """The merchants of those ids."""
    rows = await tx.fetch(f"{_SELECT} WHERE id = ANY($1::uuid[])", ids)
    return [_merchant(row) for row in rows]


async def staying(tx: Transaction, id: UUID) -> Merchant | None:  # noqa: A002 - as above
    """The merchant of that id, which nobody ends before the transaction has."""
    return _read(await tx.fetchrow(f"{_SELECT} WHERE id = $1 FOR KEY SHARE", id))


async def by_nmid(tx: Transaction, nmid: str) -> Merchant | None:
    """The merchant of a national merchant id."""
    return _read(await tx.fetchrow(f"{_SELECT} WHERE nmid = $1", nmid))


async def by_nmids(tx: Transaction, nmids: Sequence[str]) -> list[Merchant]:
    """The merchants of those national merchant ids."""
    return [_merchant(row) for row in await tx.fetch(f"{_SELECT} WHERE nmid = ANY($1::text[])", nmids)]


async def counter_of(tx: Transaction, agency: str) -> Merchant | None:
    """The counter of an agency."""
    return _read(await tx.fetchrow(f"{_SELECT} WHERE kind = 'counter' AND agency = $1", agency))


async def has_businesses(tx: Transaction) -> bool:
    """Whether anybody but the city takes payments."""
    found: bool = await tx.fetchval("SELECT EXISTS (SELECT FROM merchant WHERE kind = 'business')")
    return found


async def counters(tx: Transaction) -> dict[str, Merchant]:
    """All counters by their agency, for one transaction at a time: the next that asks waits for this one's end."""
    await tx.one_at_a_time("economy counters")
    rows = await tx.fetch(f"{_SELECT} WHERE kind = 'counter' FOR UPDATE")
    return {row["agency"]: _merchant(row) for row in rows}


async def owned(tx: Transaction, owner: str) -> int:
    """How many merchants somebody has that are not closed."""
    return int(
        await tx.fetchval("SELECT count(*) FROM merchant WHERE owner = $1 AND owner <> '' AND state <> 'closed'", owner)
    )


async def save(tx: Transaction, merchant: Merchant) -> None:
    """Writes a merchant, new or changed. Raises asyncpg.UniqueViolationError when the NMID is another's."""
    await tx.execute(
        _SAVE,
        merchant.id,
        merchant.version,
        merchant.kind.value,
        merchant.state.value,
        merchant.owner,
        merchant.agency,
        merchant.name,
        merchant.mcc,
        merchant.sector,
        merchant.size.value,
        merchant.area,
        merchant.nmid,
        merchant.pan,
        merchant.bank,
        merchant.bank_number,
        merchant.account,
        merchant.reason,
        merchant.exercise,
        merchant.created_at,
        merchant.updated_at,
        merchant.permit,
        merchant.permit_ended,
    )


async def page(tx: Transaction, wanted: Filter, size: int, token: str) -> Page[Merchant]:
    """Merchants, the oldest first. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    most = paging.page_size(size)
    after = _OLDEST.after(token, wanted) or [datetime.min, UUID(int=0)]  # asyncpg: -infinity
    whose = () if wanted.everybodys else (wanted.owner, wanted.agency)
    sql = _OWN_PAGE if whose else _COUNTERS_PAGE if wanted.counters else _PAGE
    rows = await tx.fetch(sql, [state.value for state in wanted.states], *after, most + 1, *whose)
    return _OLDEST.cut([_merchant(row) for row in rows], most, wanted)


async def terminals(tx: Transaction, id: UUID) -> list[Terminal]:  # noqa: A002
    """The tills of a merchant, by label."""
    rows = await tx.fetch("SELECT label, place FROM terminal WHERE merchant = $1 ORDER BY label", id)
    return [Terminal(**row) for row in rows]


async def terminals_of(tx: Transaction, merchants: list[UUID]) -> dict[UUID, list[Terminal]]:
    """The tills of several merchants, by label."""
    sql = "SELECT merchant, label, place FROM terminal WHERE merchant = ANY($1::uuid[]) ORDER BY label"
    found: dict[UUID, list[Terminal]] = {id_: [] for id_ in merchants}
    for row in await tx.fetch(sql, merchants):
        found[row["merchant"]].append(Terminal(row["label"], row["place"]))
    return found


async def add_terminal(tx: Transaction, merchant: UUID, terminal: Terminal) -> None:
    """Adds a till."""
    sql = "INSERT INTO terminal (merchant, label, place, created_at) VALUES ($1, $2, $3, $4)"
    await tx.execute(sql, merchant, terminal.label, terminal.place, tx.now)


async def change_terminal(tx: Transaction, merchant: UUID, label: str, terminal: Terminal) -> None:
    """Writes a till anew that had that label."""
    sql = "UPDATE terminal SET label = $3, place = $4 WHERE merchant = $1 AND label = $2"
    await tx.execute(sql, merchant, label, terminal.label, terminal.place)


async def on_permit(tx: Transaction, permit: str) -> list[Merchant]:
    """Those that rest on a permit and are not closed, locked."""
    sql = f"{_SELECT} WHERE permit = $1 AND permit <> '' AND state <> 'closed' ORDER BY id FOR UPDATE"
    return [_merchant(row) for row in await tx.fetch(sql, permit)]


async def untraded(tx: Transaction, owner: str, states: Sequence[State], most: int) -> list[Merchant]:
    """Those of an owner in these states that were never taken on, or gave up their number, and never had any money;
    locked.
    """
    rows = await tx.fetch(_UNTRADED, owner, [state.value for state in states], most)
    return [_merchant(row) for row in rows]


async def forget(tx: Transaction, ids: Sequence[UUID]) -> int:
    """Erases whose some were that never had any money, and what they told. How many other accounts of them went."""
    await tx.execute(_FORGET, list(ids))
    await tx.execute(_FORGET_ACCOUNTS, list(ids))
    await tx.execute("DELETE FROM terminal WHERE merchant = ANY($1::uuid[])", list(ids))
    return deleted(await tx.execute("DELETE FROM account_change WHERE merchant = ANY($1::uuid[])", list(ids)))


async def has_open_money(tx: Transaction, merchant: UUID) -> bool:
    """Whether a payment to a merchant can still be paid, or a refund of it is under way."""
    sql = """
        SELECT EXISTS (SELECT FROM payment WHERE merchant = $1 AND state IN ('created', 'pending'))
            OR EXISTS (SELECT FROM refund WHERE merchant = $1 AND state IN ('requested', 'processing'))
    """
    return bool(await tx.fetchval(sql, merchant))


async def takings(tx: Transaction, merchant: UUID, since: datetime, until: datetime, timezone: str) -> list[Takings]:
    """The days from ``since`` (inclusive) to ``until`` (exclusive) on which something happened, newest first."""
    rows = await tx.fetch(_TAKINGS, merchant, since, until, timezone)
    return [Takings(**row) for row in rows]


def _read(row: Any) -> Merchant | None:
    return None if row is None else _merchant(row)


def _merchant(row: Any) -> Merchant:
    return Merchant(
        **{
            **row,
            "kind": Kind(row["kind"]),
            "state": State(row["state"]),
            "size": Size(row["size"]),
            "nmid": row["nmid"] or "",
            "pan": row["pan"] or "",
        }
    )
