"""SQL of batches, and of the entries that they are made of."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from services.economy.settlement.model import CAPTURE, COVER, SETTLEMENT, Batch, Captured, Line, Movement, State
from services.kit.database import Transaction, paging
from services.kit.database.table import Keyset, Page, Table

_CHANGE = {"version", "state", "paid_at", "bank", "bank_number"}
_BATCHES = Table(Batch, "batch", fixed=[field.name for field in fields(Batch) if field.name not in _CHANGE])
save = _BATCHES.save
"""Writes a batch: a new one, or what a payout changes of it."""
# The newest batch comes last also after one without entries, which ends where the one before it does.
_LAST_BATCH = "ORDER BY last_entry DESC, id DESC LIMIT 1"
# Merchants whose account has entries that no batch holds, or whose last batch left something; whether any of them
# counts, and whether it can be paid out by now, is seen when it is closed.
_OPEN = f"""
SELECT merchant.id
  FROM merchant, LATERAL (SELECT entries FROM account WHERE account.id = merchant.account LIMIT 1) AS account
  LEFT JOIN LATERAL (
    SELECT last_entry, carried FROM batch WHERE batch.merchant = merchant.id {_LAST_BATCH}) AS batch ON true
 WHERE merchant.id > $1 AND ($3 = '' OR merchant.owner <> $3)
   AND (account.entries > coalesce(batch.last_entry, 0) OR batch.carried > 0)
 ORDER BY merchant.id LIMIT $2
"""
# What counts of both sides of an account's journal, from an entry on ($2): neither drills nor what batches took out.
_ENTRIES = f"""
SELECT debit_number AS number, kind, -amount AS amount, reference, posted_at
  FROM transfer WHERE debit = $1 AND debit_number >= $2 AND kind <> '{SETTLEMENT}' AND NOT exercise
UNION ALL
SELECT credit_number, kind, amount, reference, posted_at
  FROM transfer WHERE credit = $1 AND credit_number >= $2 AND NOT exercise
"""
_FIRST = f"SELECT number, posted_at FROM ({_ENTRIES}) AS entry ORDER BY number LIMIT 1"
# An entry that a slow clock dated after its successor goes with it: a batch holds entries without holes.
_LAST = f"SELECT max(number) FROM ({_ENTRIES}) AS entry WHERE posted_at < $3"
_MOVEMENTS = f"""
SELECT kind, sum(amount)::bigint AS amount, count(*)::integer AS entries
  FROM ({_ENTRIES}) AS entry WHERE number <= $3 GROUP BY kind
"""
_LINES = f"""
SELECT number, kind, amount, reference, posted_at AS at FROM ({_ENTRIES}) AS entry
 WHERE number <= $3 ORDER BY number LIMIT $4
"""
_CAPTURED = f"""
SELECT number, payment.id, payment.code, payment.version, payment.correlation, payment.exercise
  FROM ({_ENTRIES}) AS entry JOIN payment ON payment.code = entry.reference
 WHERE number <= $3 AND kind = '{CAPTURE}' ORDER BY number LIMIT $4
"""
_WAITING = "SELECT count(*)::integer FROM (SELECT FROM batch WHERE state = 'closed' LIMIT $1) AS part"
# What batches of a counter took to the treasury, less what came back for refunds.
_TAKEN = f"""
SELECT (SELECT coalesce(sum(net), 0) FROM batch WHERE merchant = $1)::bigint
     - (SELECT coalesce(sum(amount), 0) FROM transfer WHERE credit = $2 AND kind = '{COVER}')::bigint
"""
_NAMED = f"SELECT {', '.join(f'batch.{field.name}' for field in fields(Batch))}, merchant.name AS merchant_name"
_VISIBLE = f"""
{_NAMED}
  FROM batch JOIN merchant ON merchant.id = batch.merchant
 WHERE ($1 OR (merchant.owner <> '' AND merchant.owner = $2) OR (merchant.agency <> '' AND merchant.agency = $3))
"""
_PAGE = f"""
{_NAMED}
  FROM batch JOIN merchant ON merchant.id = batch.merchant
 WHERE (batch.day, batch.id) < ($1, $2) {{which}} ORDER BY batch.day DESC, batch.id DESC LIMIT $3
"""
# Of each merchant of one's own: they are few, whatever others have.
_OWN_PAGE = f"""
{_NAMED}
  FROM (SELECT id, name FROM merchant WHERE owner <> '' AND owner = $4
        UNION SELECT id, name FROM merchant WHERE agency <> '' AND agency = $5) AS merchant, LATERAL (
    SELECT * FROM batch WHERE merchant = merchant.id AND (day, id) < ($1, $2) {{which}}
     ORDER BY day DESC, id DESC LIMIT $3) AS batch
 ORDER BY batch.day DESC, batch.id DESC LIMIT $3
"""


@dataclass(frozen=True)
class Sight:
    """Whose batches the caller may see: everybody's, or those of an owner or an agency (empty: of none)."""

    everybodys: bool = False
    owner: str = ""
    agency: str = ""


@dataclass(frozen=True)
class Filter:
    """Which batches; None means any."""

    sight: Sight
    merchant: UUID | None = None
    day: date | None = None
    state: State | None = None


@dataclass(frozen=True)
class Named:
    """A batch, and the name of its merchant."""

    batch: Batch
    merchant_name: str


def _place(named: Named) -> tuple[datetime, UUID]:
    return datetime.combine(named.batch.day, time.min, UTC), named.batch.id


_NEWEST: Keyset[Named] = Keyset({"day": datetime, "id": UUID}, of=_place, descending=True)

_OLDEST: Keyset[Line] = Keyset({"number": int}, of=lambda line: (line.number,))


async def open_merchants(tx: Transaction, after: UUID, most: int, besides: str) -> list[UUID]:
    """Merchants that may have something to settle, by id, those of a subject (empty: of nobody) left out."""
    return [row["id"] for row in await tx.fetch(_OPEN, after, most, besides)]


async def last(tx: Transaction, merchant: UUID) -> tuple[int, int]:
    """The last entry of the merchant's account that a batch holds, and what that batch left; zeros without one."""
    row = await tx.fetchrow(f"SELECT last_entry, carried FROM batch WHERE merchant = $1 {_LAST_BATCH}", merchant)
    return (row["last_entry"], row["carried"]) if row is not None else (0, 0)


async def first_open(tx: Transaction, account: UUID, after: int) -> tuple[int, datetime] | None:
    """Number and time of the first entry that counts after a number."""
    row = await tx.fetchrow(_FIRST, account, after + 1)
    return (row["number"], row["posted_at"]) if row is not None else None


async def last_before(tx: Transaction, account: UUID, first: int, end: datetime) -> int:
    """Number of the last entry that counts before an instant, from ``first`` on."""
    return int(await tx.fetchval(_LAST, account, first, end))


async def movements(tx: Transaction, account: UUID, first: int, last: int) -> list[Movement]:
    """The entries from ``first`` to ``last``, added up by kind."""
    rows = await tx.fetch(_MOVEMENTS, account, first, last)
    return [Movement(row["kind"], row["amount"], row["entries"]) for row in rows]


async def rounds(tx: Transaction, merchant: UUID, day: date) -> int:
    """How many batches the merchant's day has."""
    return int(await tx.fetchval("SELECT count(*) FROM batch WHERE merchant = $1 AND day = $2", merchant, day))


async def locked(tx: Transaction, id_: UUID) -> Batch | None:
    """The batch of that id, locked until the end of the transaction."""
    return await _BATCHES.get(tx, id_, lock=True)


async def untold(tx: Transaction, most: int) -> list[UUID]:
    """Batches of which some payments have not been told as settled."""
    rows = await tx.fetch("SELECT id FROM batch WHERE told_entry < last_entry ORDER BY id LIMIT $1", most)
    return [row["id"] for row in rows]


async def captured(tx: Transaction, account: UUID, after: int, last: int, most: int) -> list[Captured]:
    """Payments captured by the entries after a number, in their order."""
    return [Captured(**row) for row in await tx.fetch(_CAPTURED, account, after + 1, last, most)]


async def tell_until(tx: Transaction, id_: UUID, entry: int) -> None:
    """Writes down up to which entry a batch's payments have been told as settled."""
    await tx.execute("UPDATE batch SET told_entry = $2 WHERE id = $1", id_, entry)


async def named(tx: Transaction, id_: UUID, sight: Sight) -> Named | None:
    """The batch of that id, if it may be seen."""
    row = await tx.fetchrow(f"{_VISIBLE} AND batch.id = $4", sight.everybodys, sight.owner, sight.agency, id_)
    return _named(row) if row is not None else None


async def named_all(tx: Transaction, ids: Sequence[UUID]) -> list[Named]:
    """The batches of these ids."""
    return [_named(row) for row in await tx.fetch(f"{_VISIBLE} AND batch.id = ANY($4)", True, "", "", ids)]


async def lines(tx: Transaction, account: UUID, batch: Batch, size: int, token: str) -> Page[Line]:
    """Entries of a batch, oldest first. Errors: PAGE_TOKEN_INVALID."""
    after = _OLDEST.after(token, batch.id)
    first = batch.first_entry if after is None else min(after[0], batch.last_entry) + 1  # a token says any number
    rows = await tx.fetch(_LINES, account, first, batch.last_entry, size + 1)
    return _OLDEST.cut([Line(**row) for row in rows], size, batch.id)


async def page(tx: Transaction, wanted: Filter, size: int, token: str) -> Page[Named]:
    """Batches, newest first. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    most, sight = paging.page_size(size), wanted.sight
    midnight, id_ = _NEWEST.after(token, wanted) or (datetime.max, UUID(int=0))
    values: list[Any] = [midnight.date(), id_, most + 1, *(() if sight.everybodys else (sight.owner, sight.agency))]
    which = ""
    state = wanted.state.value if wanted.state else None
    for column, value in (("batch.merchant", wanted.merchant), ("batch.day", wanted.day), ("batch.state", state)):
        if value is not None:
            values.append(value)
            which += f" AND {column} = ${len(values)}"
    rows = await tx.fetch((_PAGE if sight.everybodys else _OWN_PAGE).format(which=which), *values)
    return _NEWEST.cut([_named(row) for row in rows], most, wanted)


async def waiting(tx: Transaction, most: int) -> int:
    """How many batches wait to be paid out, counted up to a number."""
    return int(await tx.fetchval(_WAITING, most))


async def taken(tx: Transaction, merchant: UUID, account: UUID) -> int:
    """What batches of a counter took to the treasury and did not come back to its account for refunds."""
    return int(await tx.fetchval(_TAKEN, merchant, account))


async def is_closed(tx: Transaction, day: date) -> bool:
    """Whether the nightly run has closed a day."""
    return bool(await tx.fetchval("SELECT EXISTS (SELECT FROM closing WHERE day = $1)", day))


async def is_past(tx: Transaction, day: date) -> bool:
    """Whether the nightly run has closed a later day."""
    return bool(await tx.fetchval("SELECT EXISTS (SELECT FROM closing WHERE day > $1)", day))


async def mark_closed(tx: Transaction, day: date) -> None:
    """Writes down that the nightly run has closed a day."""
    await tx.execute("INSERT INTO closing (day, done_at) VALUES ($1, $2) ON CONFLICT DO NOTHING", day, tx.now)


def _named(row: Any) -> Named:
    return Named(_BATCHES.entity(row), row["merchant_name"])
