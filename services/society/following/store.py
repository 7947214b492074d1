"""SQL of followers, and of how often an address was asked."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from services.kit.database import Transaction
from services.kit.database.table import Table
from services.kit.mail.asked import AskedBefore
from services.society.following.model import Follower

PRUNED = 1000
"""Rows that are taken away at once."""
LET_GO = 100
"""Proposals whose followers are let go at once."""

_FOLLOWERS = Table(Follower, "proposal_follower", fixed=("proposal", "language", "created_at"))
add, get, save = _FOLLOWERS.add, _FOLLOWERS.get, _FOLLOWERS.save
ASKED = AskedBefore("follower_asked")
_UNCONFIRMED = """
DELETE FROM proposal_follower WHERE id IN (
    SELECT id FROM proposal_follower WHERE state = 'waiting' AND created_at < $1 ORDER BY created_at LIMIT $2
)
"""
_ENDED = """
DELETE FROM proposal_follower WHERE id IN (
    SELECT id FROM proposal_follower WHERE state = 'ended' AND ended_at < $1 ORDER BY ended_at LIMIT $2
)
"""
_GO_ALONG = """
UPDATE proposal_follower AS one SET proposal = $2
 WHERE id = ANY($1::uuid[]) AND state = 'confirmed'
   AND NOT EXISTS (SELECT FROM proposal_follower AS other
                    WHERE other.proposal = $2 AND other.address = one.address AND other.state = 'confirmed')
"""
# Both bounds, so that any plan takes it for the short stretch of the index that it is.
_LONG_AGO = """
SELECT id FROM proposal WHERE followed AND updated_at > '-infinity' AND updated_at < $1 ORDER BY updated_at LIMIT $2
"""
_LET_GO = """
UPDATE proposal_follower SET state = 'ended', address = NULL, sealed = '', ended_at = $2, why = 'over'
 WHERE proposal = ANY($1::uuid[]) AND state = 'confirmed'
"""


async def of_address(tx: Transaction, proposal: UUID, address: bytes) -> Follower | None:
    """The confirmed one of an address that follows a proposal, locked."""
    tail = "proposal = $1 AND address = $2 AND state = 'confirmed'"
    return await _FOLLOWERS.first(tx, tail, proposal, address, lock=True)


async def by_ids(tx: Transaction, wanted: Collection[UUID]) -> dict[UUID, Follower]:
    """Followers by their ids."""
    return {one.id: one for one in await _FOLLOWERS.every(tx, "id = ANY($1)", list(wanted))}


async def go_along(tx: Transaction, followers: Sequence[UUID], to: UUID) -> None:
    """They follow another proposal from now on, but for those whose address does already."""
    await tx.execute(_GO_ALONG, list(followers), to)


async def mark(tx: Transaction, proposal: UUID) -> None:
    """Somebody follows a proposal from now on."""
    await tx.execute("UPDATE proposal SET followed = true WHERE id = $1 AND NOT followed", proposal)


async def let_go(tx: Transaction, before: datetime) -> bool:
    """Ends following what nothing happened to since. Whether there is more."""
    found = [row["id"] for row in await tx.fetch(_LONG_AGO, before, LET_GO)]
    if found:
        await tx.execute(_LET_GO, found, tx.now)
        await tx.execute("UPDATE proposal SET followed = false WHERE id = ANY($1::uuid[])", found)
    return len(found) == LET_GO


async def prune(tx: Transaction, unconfirmed: datetime, ended: datetime) -> bool:
    """Takes away what nobody confirmed since, what ended before, and what counts no more. Whether there is more."""
    tags = (await tx.execute(_UNCONFIRMED, unconfirmed, PRUNED), await tx.execute(_ENDED, ended, PRUNED))
    return await ASKED.prune(tx) or f"DELETE {PRUNED}" in tags
