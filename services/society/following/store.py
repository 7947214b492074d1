"""SQL of followers."""

from collections.abc import Sequence
from uuid import UUID

from services.kit.database import Transaction
from services.kit.mail.follower import Why
from services.kit.mail.followers import Followers
from services.society.following import model
from services.society.following.model import Follower

LET_GO = 100
"""Proposals whose followers are let go at once."""

FOLLOWERS = Followers(Follower, "proposal_follower", asked="follower_asked", fixed=("proposal",))
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


async def of_address(tx: Transaction, proposal: UUID, address: bytes) -> Follower | None:
    """The confirmed one of an address that follows a proposal, locked."""
    tail = "proposal = $1 AND address = $2 AND state = 'confirmed'"
    return await FOLLOWERS.first(tx, tail, proposal, address, lock=True)


async def go_along(tx: Transaction, followers: Sequence[UUID], to: UUID) -> None:
    """They follow another proposal from now on, but for those whose address does already."""
    await tx.execute(_GO_ALONG, list(followers), to)


async def mark(tx: Transaction, proposal: UUID) -> None:
    """Somebody follows a proposal from now on."""
    await tx.execute("UPDATE proposal SET followed = true WHERE id = $1 AND NOT followed", proposal)


async def let_go(tx: Transaction) -> bool:
    """Ends following what nothing happened to for long. Whether there is more."""
    found = [row["id"] for row in await tx.fetch(_LONG_AGO, tx.now - model.LET_GO, LET_GO)]
    if found:
        await FOLLOWERS.erase(tx, Why.OVER, "proposal = ANY($3::uuid[]) AND state = 'confirmed'", found)
        await tx.execute("UPDATE proposal SET followed = false WHERE id = ANY($1::uuid[])", found)
    return len(found) == LET_GO
