"""SQL of mails: a step of a proposal comes to its followers, and each mail to its end."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.kit.database import Transaction
from services.kit.database.table import Table
from services.kit.ids import uuid7
from services.kit.mail.follower import KEPT
from services.kit.mail.queue import PRUNED, Queue
from services.society.following.model import Mail, Telling

MAILS = Queue(Mail, "follower_mail")
_TELLINGS = Table(Telling, "follower_telling")
_BEGIN = """
INSERT INTO follower_telling (step, proposal, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
"""
_NEXT = """
SELECT step, proposal, after FROM follower_telling
 WHERE done_at IS NULL ORDER BY created_at, step LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_FOLLOWERS = """
SELECT id FROM proposal_follower WHERE proposal = $1 AND state = 'confirmed' AND id > $2 ORDER BY id LIMIT $3
"""
_TELL = """
INSERT INTO follower_mail (id, follower, step, created_at, next_at)
SELECT id, follower, $3, $4, $4 FROM unnest($1::uuid[], $2::uuid[]) AS told (id, follower)
ON CONFLICT (follower, step) DO NOTHING
"""
_PRUNE = """
DELETE FROM follower_telling WHERE step IN (
    SELECT step FROM follower_telling WHERE done_at < $1 ORDER BY done_at LIMIT $2 FOR UPDATE SKIP LOCKED
)
"""
_OLDEST = "SELECT created_at FROM follower_telling WHERE done_at IS NULL ORDER BY created_at LIMIT 1"


async def begin(tx: Transaction, step: UUID, proposal: UUID) -> None:
    """A step sets out. Again is harmless."""
    await tx.execute(_BEGIN, step, proposal, tx.now)


async def next_telling(tx: Transaction) -> Telling | None:
    """The step that is the longest on its way, locked; None where all have come to everybody."""
    row = await tx.fetchrow(_NEXT)
    return _TELLINGS.entity(row) if row else None


async def followers(tx: Transaction, proposal: UUID, after: UUID, most: int) -> list[UUID]:
    """Followers of a proposal in their order, from one on."""
    return [row["id"] for row in await tx.fetch(_FOLLOWERS, proposal, after, most)]


async def advance(tx: Transaction, step: UUID, after: UUID, *, done: bool) -> None:
    """Keeps how far a step has come."""
    sql = "UPDATE follower_telling SET after = $2, done_at = $3 WHERE step = $1"
    await tx.execute(sql, step, after, tx.now if done else None)


async def ask(tx: Transaction, follower: UUID) -> None:
    """Queues the confirmation."""
    await tell(tx, None, [follower])


async def tell(tx: Transaction, step: UUID | None, followers: Sequence[UUID]) -> None:
    """Queues a step, or (None) the confirmation, for followers, once for each."""
    if followers:
        await tx.execute(_TELL, [uuid7() for _ in followers], list(followers), step, tx.now)


async def prune(tx: Transaction) -> bool:
    """Takes away what ended long ago. Whether there is more."""
    told = await tx.execute(_PRUNE, tx.now - KEPT, PRUNED)
    return await MAILS.prune(tx) or told == f"DELETE {PRUNED}"


async def waiting_since(tx: Transaction) -> datetime | None:
    """Since when the oldest waits that is to be sent or passed on; None where nothing does."""
    found = (await MAILS.waiting_since(tx), await tx.fetchval(_OLDEST))
    return min((at for at in found if at is not None), default=None)
