"""SQL of bills."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from services.economy.levies.model import Bill, State
from services.kit.database import Transaction, paging
from services.kit.database.containing import containing
from services.kit.database.table import Keyset, Page

_COLUMNS = tuple(field.name for field in fields(Bill))
_FIELDS = ", ".join(_COLUMNS)
_INSERT = f"""
INSERT INTO bill ({_FIELDS}) VALUES ({", ".join(f"${place}" for place in range(1, len(_COLUMNS) + 1))})
ON CONFLICT DO NOTHING RETURNING 1
"""
_SAVE = """
UPDATE bill SET version = $2, state = $3, payment = $4, updated_at = $5, paid_at = $6 WHERE number = $1
"""
# A payment that was captured counts at once: its event may come a moment later. $1 is the time now.
_SEEN = """
SELECT bill.number, bill.id, bill.version,
       CASE WHEN bill.state NOT IN ('issued', 'paid') OR payment.captured_at IS NULL THEN bill.state
            WHEN payment.state = 'refunded' THEN 'refunded' ELSE 'paid' END AS state,
       bill.tariff, bill.tariff_name_id, bill.tariff_name_en, bill.object, bill.period, bill.quantity, bill.currency,
       bill.amount, bill.agency, bill.area, bill.issued_by,
       CASE WHEN payment.captured_at IS NOT NULL
              OR bill.state = 'issued' AND payment.state IN ('created', 'pending') AND payment.expires_at > $1
            THEN payment.id END AS payment,
       bill.correlation, bill.exercise, bill.created_at, bill.updated_at, bill.due_at,
       coalesce(bill.paid_at, payment.captured_at) AS paid_at, coalesce(receipt.number, '') AS receipt,
       bill.state AS own_state
  FROM bill LEFT JOIN payment ON payment.id = bill.payment LEFT JOIN receipt ON receipt.bill = bill.number
"""
AHEAD_MOST = 500
"""Payments of bills that moved last, among which those are whose bill has not heard of it. While more than these have
moved and their events have not been heard, lists leave the bills of the others out until they are; each is told alone.
"""
_BY_DUE = "due_at < $3 AND (due_at, id) > ($4, $5) ORDER BY due_at, id LIMIT $6"
# By a bill's own state, which an index has in the list's order.
_STANDING = f"""
SELECT one.* FROM (SELECT DISTINCT unnest($2::text[])) AS wanted (wanted_state), LATERAL (
    SELECT * FROM ({_SEEN} WHERE bill.state = wanted_state {{which}}) AS seen
     WHERE state = own_state AND {_BY_DUE}) AS one
"""
# What is seen in another state, since its payment is ahead of it for a moment, is found from the payments' side: looked
# for among the bills, every one that was ever paid would be read.
_AHEAD = f"""
SELECT * FROM (
    SELECT * FROM ({_SEEN} WHERE bill.number IN (
        SELECT bill FROM payment WHERE bill <> '' AND captured_at IS NOT NULL
         ORDER BY updated_at DESC LIMIT {AHEAD_MOST}) {{which}}) AS seen
     WHERE state <> own_state AND state = ANY($2::text[]) AND {_BY_DUE}) AS one
"""
_BOTH = f"SELECT * FROM ({_STANDING} UNION ALL {_AHEAD}) AS one ORDER BY due_at, id LIMIT $6"
_ONE = f"{_STANDING} ORDER BY due_at, id LIMIT $6"
_OF_AGENCY, _HAVING = "AND bill.agency = ${}", "AND lower(bill.object) LIKE lower(${})"
_PAID = frozenset({State.PAID, State.REFUNDED})
"""States in which a bill may be seen before it has heard of its payment."""


@dataclass(frozen=True)
class Seen:
    """A bill as it stands with its payment, and the number of its receipt (empty: none yet)."""

    bill: Bill
    receipt: str = ""


@dataclass(frozen=True)
class Filter:
    """Which bills; an empty agency means any."""

    states: tuple[State, ...]
    agency: str = ""
    overdue: bool = False


_SOONEST: Keyset[Seen] = Keyset({"due_at": datetime, "id": UUID}, of=lambda one: (one.bill.due_at, one.bill.id))


async def locked(tx: Transaction, number: str) -> Bill | None:
    """The bill of that number by its own row alone, locked until the end of the transaction."""
    row = await tx.fetchrow(f"SELECT {_FIELDS} FROM bill WHERE number = $1 FOR NO KEY UPDATE", number)
    return _bill(row) if row is not None else None


async def seen(tx: Transaction, number: str) -> Seen | None:
    """The bill of that number as it stands with its payment."""
    row = await tx.fetchrow(f"{_SEEN} WHERE bill.number = $2", tx.now, number)
    return _seen(row) if row is not None else None


async def live(tx: Transaction, tariff: str, object_: str, period: str, *, exercise: bool) -> str | None:
    """Number of the bill that is there for a tariff, object and period, among those of drills or the real ones."""
    sql = """
        SELECT number FROM bill
         WHERE tariff = $1 AND lower(object) = lower($2) AND period = $3 AND period <> ''
           AND state IN ('issued', 'paid') AND exercise = $4
    """
    number: str | None = await tx.fetchval(sql, tariff, object_, period, exercise)
    return number


async def insert(tx: Transaction, bill: Bill) -> bool:
    """Writes a new bill; False when another has its number, or is there for the same tariff, object and period: a
    drill's among drills alone.
    """
    values = {**vars(bill), "state": bill.state.value}
    return bool(await tx.fetchval(_INSERT, *(values[name] for name in _COLUMNS)))


async def save(tx: Transaction, bill: Bill) -> None:
    """Writes what can change of a bill."""
    await tx.execute(_SAVE, bill.number, bill.version, bill.state.value, bill.payment, bill.updated_at, bill.paid_at)


async def page(tx: Transaction, wanted: Filter, words: str, size: int, token: str) -> Page[Seen]:
    """Bills, with ``words`` those that have them in their object, the soonest due first.

    Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    most = paging.page_size(size)
    listed = (wanted, words) if words else wanted
    due, id_ = _SOONEST.after(token, listed) or (datetime.min, UUID(int=0))  # asyncpg: -infinity
    given = [each for each in ((_OF_AGENCY, wanted.agency), (_HAVING, words and containing(words))) if each[1]]
    sql = _ONE if _PAID.isdisjoint(wanted.states) else _BOTH
    rows = await tx.fetch(
        sql.format(which=" ".join(condition.format(place) for place, (condition, _) in enumerate(given, 7))),
        tx.now,
        [state.value for state in wanted.states],
        tx.now if wanted.overdue else datetime.max,  # asyncpg: infinity
        due,
        id_,
        most + 1,
        *(value for _, value in given),
    )
    return _SOONEST.cut([_seen(row) for row in rows], most, listed)


def _seen(row: Any) -> Seen:
    return Seen(_bill(row), row["receipt"])


def _bill(row: Any) -> Bill:
    return Bill(**{name: row[name] for name in _COLUMNS} | {"state": State(row["state"])})
