"""SQL of who is reminded of their permit by mail."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from services.economy.permit_mails.model import Follower
from services.kit.database import Transaction
from services.kit.mail.follower import Why
from services.kit.mail.followers import Followers

FOLLOWERS = Followers(Follower, "permit_follower", asked="permit_asked", fixed=("permit", "language"))


async def waiting(tx: Transaction, permit: UUID) -> Follower | None:
    """The one of a permit that waits to be confirmed, locked."""
    return await FOLLOWERS.first(tx, "permit = $1 AND state = 'waiting'", permit, lock=True)


async def since(tx: Transaction, permit: UUID, addresses: int) -> datetime:
    """When the first of so many newest addresses of a permit was asked; long ago where there are fewer."""
    sql = "SELECT created_at FROM permit_follower WHERE permit = $1 ORDER BY created_at DESC OFFSET $2 LIMIT 1"
    at: datetime | None = await tx.fetchval(sql, permit, addresses - 1)
    return at or datetime.min.replace(tzinfo=UTC)


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
