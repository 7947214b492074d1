"""SQL of accounts, transfers and holds."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.economy.ledger.deciding import Decision
from services.economy.ledger.model import Account, Entry, Hold, PaidFor, Posting, Transfer
from services.kit.database import Transaction, Write

_ACCOUNT = "id, kind, owner, currency, overdraft, most, status, version, balance, held, entries, created_at, exercise"
_HOLD = "id, account, amount, state, reference, expires_at, created_at, updated_at"
_TRANSFER = "id, kind, debit, credit, amount, currency, reference, exercise"

_OPEN = """
INSERT INTO account (id, kind, owner, currency, overdraft, most, created_at, exercise)
SELECT id, kind, $3, $4, overdraft, $6, $7, $8
  FROM unnest($1::uuid[], $2::text[], $5::boolean[]) AS new (id, kind, overdraft)
ON CONFLICT (id) DO NOTHING
"""
# What is locked is sorted, so that two transactions never wait for each other. The weaker lock lets others refer to
# the account by foreign key meanwhile.
_LOCK = f"SELECT {_ACCOUNT} FROM account WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"
_HOLDS = f"SELECT {_HOLD} FROM hold WHERE id = ANY($1::uuid[])"
_KNOWN = f"SELECT {_TRANSFER} FROM transfer WHERE id = ANY($1::uuid[])"
_POST = f"""
INSERT INTO transfer ({_TRANSFER}, debit_number, debit_balance, credit_number, credit_balance, posted_at)
SELECT *, $1 FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::bigint[], $7::text[], $8::text[],
                         $9::boolean[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[])
"""
_CAPTURE = "UPDATE hold SET state = 'captured', updated_at = $1 WHERE id = ANY($2::uuid[])"
_MOVE = """
UPDATE account AS a
   SET balance = a.balance + change.balance, held = a.held + change.held, entries = a.entries + change.entries
  FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[]) AS change (id, balance, held, entries)
 WHERE a.id = change.id
"""
_RESERVE = f"""
WITH made AS (INSERT INTO hold ({_HOLD}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8))
UPDATE account SET held = held + $3 WHERE id = $2
"""
_END = """
WITH ended AS (
    UPDATE hold SET state = $2, updated_at = $3 WHERE id = $1 AND state = 'reserved' RETURNING account, amount
)
UPDATE account AS a SET held = a.held - ended.amount FROM ended WHERE a.id = ended.account
"""
# Each side by its own index; the outer LIMIT reads no more of them than the page needs.
_STATEMENT = """
SELECT * FROM (
    (SELECT debit_number AS number, id, kind, -amount, debit_balance, reference, posted_at FROM transfer
      WHERE debit = $1 AND debit_number < $2 ORDER BY debit_number DESC LIMIT $3)
    UNION ALL
    (SELECT credit_number, id, kind, amount, credit_balance, reference, posted_at FROM transfer
      WHERE credit = $1 AND credit_number < $2 ORDER BY credit_number DESC LIMIT $3)) AS entry
 ORDER BY number DESC LIMIT $3
"""
_PAID_FOR = "SELECT code, purpose, description, description_en, bill FROM payment WHERE code = ANY($1::text[])"
_DAYS = "SELECT id::text, day FROM batch WHERE id = ANY($1::uuid[])"
# Accounts of drills are in no list.
_PAGE = f"""
SELECT {_ACCOUNT} FROM account WHERE (created_at, id) > ($1, $2) AND NOT exercise ORDER BY created_at, id LIMIT $3
"""
_PAGE_OF = f"""
SELECT one.* FROM (SELECT DISTINCT unnest($4::text[])) AS wanted (wanted_kind), LATERAL (
    SELECT {_ACCOUNT} FROM account WHERE kind = wanted_kind AND (created_at, id) > ($1, $2) AND NOT exercise
     ORDER BY created_at, id LIMIT $3) AS one
 ORDER BY created_at, id LIMIT $3
"""
_MERCHANTS = """
SELECT EXISTS (SELECT FROM merchant WHERE account = $1
   AND ((owner <> '' AND owner = $2) OR (kind = 'counter' AND agency <> '' AND agency = $3)))
"""


async def open_accounts(
    tx: Transaction,
    kinds: dict[UUID, str],
    owner: str,
    overdraft: Collection[str],
    most: int | None,
    *,
    exercise: bool = False,
) -> None:
    """Makes the accounts that do not exist yet; ``overdraft`` are the kinds that may go below zero."""
    may = [kind in overdraft for kind in kinds.values()]
    currency = tx.runtime.city.currency
    await tx.execute(_OPEN, list(kinds), list(kinds.values()), owner, currency, may, most, tx.now, exercise)


async def by_id(tx: Transaction, id_: UUID) -> Account | None:
    """The account of that id."""
    row = await tx.fetchrow(f"SELECT {_ACCOUNT} FROM account WHERE id = $1", id_)
    return Account._make(row) if row is not None else None


async def locked(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Account]:
    """Those accounts, locked until the end of the transaction."""
    return {row["id"]: Account._make(row) for row in await tx.fetch(_LOCK, list(ids))}


async def holds(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Hold]:
    """Those holds; what is read after their accounts were locked stays so."""
    return {row["id"]: Hold(*row) for row in await tx.fetch(_HOLDS, list(ids))}


async def known(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Transfer]:
    """Those of the transfers that are in the journal."""
    return {row["id"]: Transfer(*row) for row in await tx.fetch(_KNOWN, list(ids))}


def writes(decision: Decision, now: datetime) -> list[Write]:
    """What writes a decision: journal, holds and accounts. Their accounts are locked."""
    if not decision.postings:
        return []
    changes = decision.changes
    return [
        Write(_POST, (now, *_columns(decision.postings)), rows=len(decision.postings)),
        Write(_CAPTURE, (now, decision.captured) if decision.captured else ()),
        Write(_MOVE, (list(changes), *map(list, zip(*changes.values(), strict=True))), rows=len(changes)),
    ]


def _columns(postings: Sequence[Posting]) -> tuple[list[Any], ...]:
    transfers = [posting.transfer for posting in postings]
    return (
        [transfer.id for transfer in transfers],
        [transfer.kind for transfer in transfers],
        [transfer.debit for transfer in transfers],
        [transfer.credit for transfer in transfers],
        [transfer.amount for transfer in transfers],
        [transfer.currency for transfer in transfers],
        [transfer.reference for transfer in transfers],
        [transfer.exercise for transfer in transfers],
        [posting.debit_number for posting in postings],
        [posting.debit_balance for posting in postings],
        [posting.credit_number for posting in postings],
        [posting.credit_balance for posting in postings],
    )


async def reserve(tx: Transaction, hold: Hold) -> None:
    """Writes a new hold and what it does to its account."""
    await tx.execute(
        _RESERVE,
        hold.id,
        hold.account,
        hold.amount,
        hold.state,
        hold.reference,
        hold.expires_at,
        hold.created_at,
        hold.updated_at,
    )


async def end_hold(tx: Transaction, id_: UUID, state: str) -> None:
    """Ends a reserved hold, and gives its account back what was held; its account is locked already."""
    await tx.execute(_END, id_, state, tx.now)


async def due_holds(tx: Transaction, now: datetime, most: int) -> Sequence[UUID]:
    """Reserved holds whose time is over."""
    sql = "SELECT id FROM hold WHERE state = 'reserved' AND expires_at <= $1 ORDER BY expires_at LIMIT $2"
    return [row["id"] for row in await tx.fetch(sql, now, most)]


async def set_status(tx: Transaction, id_: UUID, status: str) -> Account:
    """Writes a status, as a new version."""
    sql = f"UPDATE account SET status = $2, version = version + 1 WHERE id = $1 RETURNING {_ACCOUNT}"
    row: Any = await tx.fetchrow(sql, id_, status)
    return Account._make(row)


async def page(tx: Transaction, kinds: Sequence[str], after: Sequence[Any] | None, size: int) -> list[Account]:
    """At most ``size`` accounts of these kinds (none: of any), the oldest first, after a time of opening and an id."""
    at, id_ = after or (datetime.min, UUID(int=0))  # asyncpg: -infinity
    rows = await tx.fetch(_PAGE_OF, at, id_, size, list(kinds)) if kinds else await tx.fetch(_PAGE, at, id_, size)
    return [Account._make(row) for row in rows]


async def statement(tx: Transaction, account: UUID, before: int, size: int) -> list[Entry]:
    """At most ``size`` entries of an account, newest first, all with numbers below ``before``."""
    return [Entry(*row) for row in await tx.fetch(_STATEMENT, account, before, size)]


async def paid_for(tx: Transaction, codes: Sequence[str]) -> dict[str, PaidFor]:
    """What payments of these codes were for."""
    rows = await tx.fetch(_PAID_FOR, list(codes))
    return {code: PaidFor(*said) for code, *said in rows}


async def batch_days(tx: Transaction, batches: Sequence[UUID]) -> dict[str, date]:
    """Days of batches, by their ids in words."""
    return {row["id"]: row["day"] for row in await tx.fetch(_DAYS, batches)}


async def is_merchants(tx: Transaction, account: UUID, owner: str, agency: str) -> bool:
    """Whether it is the account of a merchant of that owner, or of that agency's counter (empty: of none)."""
    return bool(await tx.fetchval(_MERCHANTS, account, owner, agency))
