"""SQL of batches that differ from the acquirer's report, and of payouts in spite of that."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from services.economy.ledger.model import derived
from services.economy.settlement.despite import Doubt, Open, Wish, doubt_of
from services.kit.database import Transaction
from services.kit.database.table import Table

_WISHES = Table(Wish, "payout_despite")
wish, save = _WISHES.get, _WISHES.save
# Money that the acquirer's report does not have, or has as another amount, captured or released out of suspense to a
# merchant. What a wallet or cash paid is none of the acquirer's, though its QRIS was shown; what was paid out in spite
# of that holds up nothing any more.
_OPEN = "NOT difference.mended AND difference.kind IN ('only_here', 'amount') AND difference.paid_batch IS NULL"
# LIMIT 1 of what is unique: without it the planner reads all payments as soon as it expects some thousand differences,
# which is until the next ANALYZE also after a day whose report came late.
_MISSING = f"""
SELECT payment.id AS parent, 'capture' AS kind, difference.id, difference.currency, bank, here
  FROM difference CROSS JOIN LATERAL (
    SELECT id FROM payment
     WHERE payment.provider_reference = difference.provider_reference AND payment.provider_reference <> ''
       AND method IN ('qris_dynamic', 'qris_static') LIMIT 1) AS payment
 WHERE {_OPEN}
UNION ALL
SELECT suspense.id, 'release', difference.id, difference.currency, bank, here
  FROM difference CROSS JOIN LATERAL (
    SELECT id FROM suspense
     WHERE suspense.provider_reference = difference.provider_reference AND state = 'released' AND target IS NOT NULL
     LIMIT 1) AS suspense
 WHERE {_OPEN}
"""  # noqa: S608 - a condition of ours
_DOUBTED = """
SELECT batch.id, batch.currency, transfer.id AS moved
  FROM transfer, batch JOIN merchant ON merchant.id = batch.merchant
 WHERE transfer.id = ANY($2::uuid[]) AND batch.id = ANY($1::uuid[]) AND batch.state = 'closed'
   AND transfer.credit = merchant.account AND transfer.credit_number BETWEEN batch.first_entry AND batch.last_entry
"""
# Of what was said of a batch before it changed nobody waits any more.
_WAITING = """
SELECT wish.id FROM payout_despite AS wish JOIN batch ON batch.id = wish.id
 WHERE wish.approved_by = '' AND batch.state = 'closed' AND batch.version = wish.batch_version
 ORDER BY wish.asked_at, wish.id LIMIT $1
"""
# In the order of their identifiers, so that nobody waits for each other.
_PAID = """
UPDATE difference SET paid_batch = $1 WHERE id IN (
    SELECT id FROM difference WHERE id = ANY($2::uuid[]) ORDER BY id FOR NO KEY UPDATE)
"""


async def of(tx: Transaction, batches: Sequence[UUID]) -> dict[UUID, Doubt]:
    """What differs from the acquirer's report, of those of these batches that wait and of which something does."""
    if not batches:
        return {}
    missing: dict[UUID, list[Open]] = defaultdict(list)
    for row in await tx.fetch(_MISSING):
        moved = derived(row["parent"], row["kind"])
        missing[moved].append(Open(moved, row["id"], row["currency"], row["bank"], row["here"]))
    if not missing:
        return {}
    found: dict[tuple[UUID, str], list[Open]] = defaultdict(list)
    for row in await tx.fetch(_DOUBTED, batches, list(missing)):
        found[row["id"], row["currency"]] += missing[row["moved"]]
    return {batch: doubt_of(differences, currency) for (batch, currency), differences in found.items()}


async def wishes(tx: Transaction, batches: Sequence[UUID]) -> dict[UUID, Wish]:
    """What was wished of these batches, whether it stands or not."""
    if not batches:
        return {}
    return {one.id: one for one in await _WISHES.every(tx, "id = ANY($1::uuid[])", batches)}


async def waiting(tx: Transaction, most: int) -> list[UUID]:
    """Batches of which a payout may wait for a second person, the first that was asked for first."""
    return [row["id"] for row in await tx.fetch(_WAITING, most)]


async def drop(tx: Transaction, batch: UUID) -> None:
    """Forgets what nobody confirmed: the batch is paid out without it."""
    await tx.execute("DELETE FROM payout_despite WHERE id = $1 AND approved_by = ''", batch)


async def paid(tx: Transaction, batch: UUID, differences: Sequence[UUID]) -> None:
    """Writes down that a batch was paid out in spite of differences."""
    await tx.execute(_PAID, batch, list(differences))
