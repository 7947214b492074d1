"""SQL of the audit: what does not add up in a snapshot, and how far it was looked."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.economy.audit.model import Problem, State
from services.kit.database import Transaction

_SUMS = """
SELECT currency, exercise, sum(balance)::text AS total FROM account GROUP BY currency, exercise HAVING sum(balance) <> 0
"""
# Kept by the database beside whatever changes a balance: a row for each currency, and for that of drills.
_TOTALS = "SELECT currency, exercise, total::text AS total FROM ledger_total WHERE total <> 0"
_HEADS = """
SELECT account.id, balance, entries, account.held, coalesce(head.number, 0) AS journal_entries,
       coalesce(head.after, 0) AS journal_balance, coalesce(reserved.held, 0)::bigint AS reserved
  FROM unnest($1::uuid[]) AS wanted (id) JOIN account ON account.id = wanted.id
  LEFT JOIN LATERAL (
      SELECT * FROM (
          (SELECT debit_number AS number, debit_balance AS after FROM transfer
            WHERE debit = wanted.id ORDER BY debit_number DESC LIMIT 1)
          UNION ALL
          (SELECT credit_number, credit_balance FROM transfer
            WHERE credit = wanted.id ORDER BY credit_number DESC LIMIT 1)) AS side
       ORDER BY number DESC LIMIT 1) AS head ON true
  LEFT JOIN LATERAL (
      SELECT sum(amount) AS held FROM hold WHERE hold.account = wanted.id AND state = 'reserved') AS reserved ON true
 WHERE entries <> coalesce(head.number, 0) OR balance <> coalesce(head.after, 0)
    OR account.held <> coalesce(reserved.held, 0)
"""
# Both sides of the transfers that are looked at, each with the entry before it in its account: next to it in most
# cases, else looked up.
_CHAINS = """
WITH looked AS MATERIALIZED ({which}),
side AS (
    SELECT id, currency, debit AS account, debit_number AS number, debit_balance AS balance, -amount AS change
      FROM looked
    UNION ALL
    SELECT id, currency, credit, credit_number, credit_balance, amount FROM looked
), line AS (
    SELECT *, lag(number) OVER one AS number_before, lag(balance) OVER one AS balance_before
      FROM side WINDOW one AS (PARTITION BY account ORDER BY number)
)
SELECT line.id, line.number, account.id IS NULL AS missing, account.currency <> line.currency AS foreign_currency
  FROM line
  LEFT JOIN LATERAL (SELECT id, currency FROM account WHERE account.id = line.account LIMIT 1) AS account ON true
 WHERE account.id IS NULL OR account.currency <> line.currency
    OR line.balance - change IS DISTINCT FROM CASE
           WHEN number = 1 THEN 0
           WHEN number_before = number - 1 THEN balance_before
           ELSE coalesce(
               (SELECT debit_balance FROM transfer WHERE debit = line.account AND debit_number = number - 1),
               (SELECT credit_balance FROM transfer WHERE credit = line.account AND credit_number = number - 1)) END
    OR (SELECT count(*) FROM transfer WHERE debit = line.account AND debit_number = number)
     + (SELECT count(*) FROM transfer WHERE credit = line.account AND credit_number = number) > 1
"""
_SINCE = """
SELECT * FROM transfer WHERE posted_at >= $1 AND posted_at < $2 UNION SELECT * FROM transfer WHERE id = ANY($3::uuid[])
"""
_BETWEEN = "SELECT * FROM transfer WHERE id > $1 AND id <= $2"
_TOUCHED = """
SELECT debit AS id FROM transfer WHERE posted_at >= $1 AND posted_at < $2
UNION SELECT credit FROM transfer WHERE posted_at >= $1 AND posted_at < $2
"""
# Money that belongs to nothing known: the items that say so, unless they are too many to add up each time, and the
# account that it lies on.
_ASIDE = """
SELECT account.id, balance, aside.amount AS items
  FROM account, (
      SELECT count(*) AS items, coalesce(sum(amount), 0)::bigint AS amount
        FROM (SELECT amount FROM suspense WHERE state <> 'released' AND NOT exercise ORDER BY created_at LIMIT $2)
          AS one) AS aside
 WHERE account.id = $1 AND aside.items < $2 AND balance <> aside.amount
"""
_UNHELD = """
SELECT asked.id
  FROM (SELECT id, hold FROM refund WHERE state = 'processing' ORDER BY created_at LIMIT $1) AS asked
  LEFT JOIN LATERAL (
      SELECT hold.id FROM hold WHERE hold.id = asked.hold AND hold.state = 'reserved' LIMIT 1) AS reserved ON true
 WHERE reserved.id IS NULL
"""
_GIVEN_BACK = """
SELECT payment.code, payment.refunded, sum(refund.amount)::bigint AS written
  FROM refund JOIN payment ON payment.id = refund.payment
 WHERE refund.state = 'done' GROUP BY payment.id HAVING sum(refund.amount) <> payment.refunded
"""
_STATE = "SELECT audited_until, swept_to FROM ledger_audit"
_KEEP = """
INSERT INTO ledger_audit (audited_until, swept_to) VALUES ($1, $2)
ON CONFLICT (one) DO UPDATE SET audited_until = excluded.audited_until, swept_to = excluded.swept_to
"""
_OPEN_FAULTS = "SELECT reason, place FROM ledger_fault WHERE mended_at IS NULL"
_FOUND = """
INSERT INTO ledger_fault AS known (reason, place, found_at)
SELECT *, $3 FROM unnest($1::text[], $2::text[])
ON CONFLICT (reason, place) DO UPDATE
   SET found_at = excluded.found_at, mended_at = NULL, times = known.times + 1 WHERE known.mended_at IS NOT NULL
RETURNING reason, place, times
"""
_MENDED = """
UPDATE ledger_fault SET mended_at = $3
 WHERE mended_at IS NULL AND (reason, place) IN (SELECT * FROM unnest($1::text[], $2::text[]))
"""


async def state(tx: Transaction) -> State:
    """How far the audit has looked."""
    row = await tx.fetchrow(_STATE)
    return State(row["audited_until"] if row else None, row["swept_to"] if row and row["swept_to"] else UUID(int=0))


async def keep(tx: Transaction, looked: State) -> None:
    """Writes how far the audit has looked."""
    await tx.execute(_KEEP, looked.audited_until, looked.swept_to)


async def sums(tx: Transaction) -> list[Problem]:
    """Currencies whose accounts do not add up to zero: all of them are added up."""
    return [_not_zero(row) for row in await tx.fetch(_SUMS)]


async def totals(tx: Transaction) -> list[Problem]:
    """Currencies whose accounts do not add up to zero, by the totals that are kept."""
    return [_not_zero(row) for row in await tx.fetch(_TOTALS)]


async def heads(tx: Transaction, accounts: Collection[UUID]) -> list[Problem]:
    """Accounts that differ from the newest entry of their journal, or from their holds."""
    found = []
    for row in await tx.fetch(_HEADS, list(accounts)):
        for reason, has, journal in (
            ("BALANCE_DIFFERS", row["balance"], row["journal_balance"]),
            ("ENTRIES_DIFFER", row["entries"], row["journal_entries"]),
            ("HELD_DIFFERS", row["held"], row["reserved"]),
        ):
            if has != journal:
                found.append(
                    Problem(reason, str(row["id"]), f"The account says {has}, its journal or holds {journal}.")
                )
    return found


async def aside(tx: Transaction, account: UUID, most: int) -> list[Problem]:
    """The suspense account, where it does not hold what its items say, if they are fewer than ``most``."""
    return [
        Problem("SUSPENSE_DIFFERS", str(row["id"]), f"The account says {row['balance']}, its items {row['items']}.")
        for row in await tx.fetch(_ASIDE, account, most)
    ]


async def unheld(tx: Transaction, most: int) -> list[Problem]:
    """Of the refunds that the bank is asked for, the oldest first, those for which nothing is reserved."""
    what = "The bank is asked to give it back, and nothing is reserved for it."
    return [Problem("REFUND_UNHELD", str(row["id"]), what) for row in await tx.fetch(_UNHELD, most)]


async def given_back(tx: Transaction) -> list[Problem]:
    """Payments of which something else was given back than their refunds say: all refunds are added up."""
    return [
        Problem("REFUND_DIFFERS", row["code"], f"Given back was {row['refunded']}; its refunds say {row['written']}.")
        for row in await tx.fetch(_GIVEN_BACK)
    ]


async def chains(tx: Transaction, since: datetime, until: datetime, also: Collection[UUID]) -> list[Problem]:
    """Transfers posted from ``since`` to before ``until``, and some more, that do not follow on in their accounts."""
    return await _chains(tx, _SINCE, since, until, list(also))


async def chains_between(tx: Transaction, after: UUID, upto: UUID) -> list[Problem]:
    """Transfers with identifiers above ``after`` and up to ``upto`` that do not follow on."""
    return await _chains(tx, _BETWEEN, after, upto)


async def touched(tx: Transaction, since: datetime, until: datetime) -> list[UUID]:
    """Accounts of the transfers posted from ``since`` to before ``until``."""
    return [row["id"] for row in await tx.fetch(_TOUCHED, since, until)]


async def accounts_after(tx: Transaction, id_: UUID, most: int) -> list[UUID]:
    """The next accounts in the order of identifiers."""
    rows = await tx.fetch("SELECT id FROM account WHERE id > $1 ORDER BY id LIMIT $2", id_, most)
    return [row["id"] for row in rows]


async def last_transfer(tx: Transaction, after: UUID, most: int) -> UUID | None:
    """The last of the next ``most`` transfers in the order of identifiers; None when there are fewer."""
    found: UUID | None = await tx.fetchval(
        "SELECT id FROM transfer WHERE id > $1 ORDER BY id LIMIT 1 OFFSET $2", after, most - 1
    )
    return found


async def count_transfers(tx: Transaction) -> int:
    """How many transfers there are."""
    return int(await tx.fetchval("SELECT count(*) FROM transfer"))


async def open_faults(tx: Transaction) -> set[tuple[str, str]]:
    """Reasons and places of what was found and is not mended."""
    return {(row["reason"], row["place"]) for row in await tx.fetch(_OPEN_FAULTS)}


async def found(tx: Transaction, problems: Sequence[Problem]) -> dict[tuple[str, str], int]:
    """Notes problems; those that are new, with how many times they were found by now."""
    reasons, places = [one.reason for one in problems], [one.where for one in problems]
    rows = await tx.fetch(_FOUND, reasons, places, tx.now)
    return {(row["reason"], row["place"]): row["times"] for row in rows}


async def mended(tx: Transaction, faults: Collection[tuple[str, str]]) -> None:
    """Notes that faults are no more."""
    await tx.execute(_MENDED, [reason for reason, _ in faults], [place for _, place in faults], tx.now)


def _not_zero(row: Any) -> Problem:
    where = f"{row['currency']} of drills" if row["exercise"] else str(row["currency"])
    return Problem("NOT_ZERO_SUM", where, f"The accounts add up to {row['total']} and not to 0.")


async def _chains(tx: Transaction, which: str, *values: object) -> list[Problem]:
    problems: dict[tuple[str, str], Problem] = {}
    for row in await tx.fetch(_CHAINS.format(which=which), *values):
        reason, what = "CHAIN_BROKEN", f"Number {row['number']} does not follow on from the entry before it."
        if row["missing"]:
            reason, what = "ACCOUNT_MISSING", "One of its accounts does not exist."
        elif row["foreign_currency"]:
            reason, what = "CURRENCY_DIFFERS", "One of its accounts is of another currency."
        where = str(row["id"])
        problems.setdefault((reason, where), Problem(reason, where, what))
    return list(problems.values())
