"""SQL of who is reminded of their permit by mail."""

from collections.abc import Sequence
from uuid import UUID

from services.economy.permit_mails.model import Follower
from services.kit.database import Transaction
from services.kit.mail.follower import Why
from services.kit.mail.followers import Followers

FOLLOWERS = Followers(Follower, "permit_follower", asked="permit_asked", fixed=("permit", "language"))


async def waiting(tx: Transaction, permit: UUID) -> Follower | None:
    """The one of a permit that waits to be confirmed, locked."""
    return await FOLLOWERS.first(tx, "permit = $1 AND state = 'waiting'", permit, lock=True)


async def of_permit(tx: Transaction, permit: UUID) -> Follower | None:
    """The confirmed one of a permit, locked."""
    return await FOLLOWERS.first(tx, "permit = $1 AND state = 'confirmed'", permit, lock=True)


async def live(tx: Transaction, permits: Sequence[UUID]) -> list[Follower]:
    """Those of some permits that are not over."""
    return await FOLLOWERS.every(tx, "permit = ANY($1) AND state <> 'ended'", list(permits))


async def end(tx: Transaction, permits: Sequence[UUID]) -> None:
    """Erases the addresses of permits that are over, or whose holder wants that."""
    if permits:
        await FOLLOWERS.erase(tx, Why.OVER, "permit = ANY($3::uuid[]) AND state <> 'ended'", list(permits))
