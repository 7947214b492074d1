"""SQL of comments."""

from datetime import datetime
from uuid import UUID

from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table
from services.society.comments.model import A_PERSON, MOST_WAITING, Comment, State

_COMMENTS = Table(
    Comment, "comment", fixed=("proposal", "code", "agency", "words", "author", "network", "created_at")
)  # fmt: skip
_OLDEST: Keyset[Comment] = Keyset({"id": UUID}, of=lambda one: (one.id,))
get, save, add = _COMMENTS.get, _COMMENTS.save, _COMMENTS.add
FORGOTTEN = 500
"""Comments whose words are taken away at once."""

_WAITING = """
SELECT count(*)::integer FROM (SELECT FROM comment WHERE proposal = $1 AND state = 'waiting' LIMIT $2) AS part
"""
_OF_AUTHOR = """
SELECT count(*)::integer FROM (
    SELECT FROM comment WHERE proposal = $1 AND author = $2 AND state = 'waiting' LIMIT $3) AS part
"""
_OF_NETWORK = """
SELECT count(*)::integer FROM (
    SELECT FROM comment WHERE proposal = $1 AND network = $2 AND state = 'waiting' LIMIT $3) AS part
"""
_OLDEST_WAITING = "SELECT created_at FROM comment WHERE state = 'waiting' ORDER BY created_at LIMIT 1"
_FORGET = """
UPDATE comment SET words = '' WHERE id IN (
    SELECT id FROM comment WHERE state = 'hidden' AND words <> '' AND decided_at < $1 ORDER BY decided_at LIMIT $2
       FOR NO KEY UPDATE SKIP LOCKED)
"""
# Both bounds, so that any plan takes it for the short stretch of the index that it is.
_FORGET_NETWORKS = """
UPDATE comment SET network = NULL WHERE network IS NOT NULL AND created_at > '-infinity' AND created_at < $1
"""


async def shown(tx: Transaction, proposal: UUID, size: int, token: str) -> Page[Comment]:
    """Those on a proposal that everybody sees, the oldest first."""
    return await _COMMENTS.page(tx, _OLDEST, size, token, proposal=proposal, state=State.SHOWN)


async def waiting(tx: Transaction, agency: str, size: int, token: str) -> Page[Comment]:
    """Those that wait for an agency (empty: for any), the oldest first."""
    return await _COMMENTS.page(tx, _OLDEST, size, token, state=State.WAITING, agency=agency)


async def waiting_on(tx: Transaction, proposal: UUID) -> int:
    """How many on a proposal wait, up to as many as may."""
    found: int = await tx.fetchval(_WAITING, proposal, MOST_WAITING)
    return found


async def of_person(tx: Transaction, proposal: UUID, author: bytes | None, network: bytes | None) -> int:
    """How many of a person wait on a proposal, by login or network, up to as many as may."""
    sql, digest = (_OF_AUTHOR, author) if author is not None else (_OF_NETWORK, network)
    found: int = await tx.fetchval(sql, proposal, digest, A_PERSON) if digest is not None else 0
    return found


async def waiting_since(tx: Transaction) -> datetime | None:
    """Since when the oldest waits."""
    at: datetime | None = await tx.fetchval(_OLDEST_WAITING)
    return at


async def forget(tx: Transaction, before: datetime) -> bool:
    """Takes away the words of what was kept back before. Whether there is more."""
    return await tx.execute(_FORGET, before, FORGOTTEN) == f"UPDATE {FORGOTTEN}"


async def forget_networks(tx: Transaction, before: datetime) -> None:
    """Forgets from which networks comments came that were written before."""
    await tx.execute(_FORGET_NETWORKS, before)
