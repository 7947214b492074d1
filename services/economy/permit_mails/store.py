"""SQL of who is reminded of their permit by mail, and of how often an address was asked."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from services.economy.permit_mails.model import Follower
from services.kit.database import Transaction
from services.kit.database.table import Table
from services.kit.mail.asked import AskedBefore

PRUNED = 1000
"""Rows that are taken away at once."""

_FOLLOWERS = Table(Follower, "permit_follower", fixed=("permit", "language", "created_at"))
add, get, save = _FOLLOWERS.add, _FOLLOWERS.get, _FOLLOWERS.save
ASKED = AskedBefore("permit_asked")
_OVER = """
UPDATE permit_follower SET state = 'ended', address = NULL, sealed = '', ended_at = $2, why = 'over'
 WHERE permit = ANY($1::uuid[]) AND state <> 'ended'
"""
_JOINED = """
UPDATE permit_follower SET state = 'ended', address = NULL, sealed = '', ended_at = $2, why = 'joined'
 WHERE permit = $1 AND state = 'waiting'
"""
_UNCONFIRMED = """
DELETE FROM permit_follower WHERE id IN (
    SELECT id FROM permit_follower WHERE state = 'waiting' AND created_at < $1 ORDER BY created_at LIMIT $2
)
"""
_ENDED = """
DELETE FROM permit_follower WHERE id IN (
    SELECT id FROM permit_follower WHERE state = 'ended' AND ended_at < $1 ORDER BY ended_at LIMIT $2
)
"""


async def end_waiting(tx: Transaction, permit: UUID) -> None:
    """Erases the address that waits to be confirmed for a permit: the last that was given counts."""
    await tx.execute(_JOINED, permit, tx.now)


async def asked_since(tx: Transaction, permit: UUID, since: datetime) -> int:
    """How many addresses were asked for a permit since then."""
    sql = "SELECT count(*)::integer FROM permit_follower WHERE permit = $1 AND created_at > $2"
    found: int = await tx.fetchval(sql, permit, since)
    return found


async def of_permit(tx: Transaction, permit: UUID) -> Follower | None:
    """The confirmed one of a permit, locked."""
    return await _FOLLOWERS.first(tx, "permit = $1 AND state = 'confirmed'", permit, lock=True)


async def by_ids(tx: Transaction, wanted: Collection[UUID]) -> dict[UUID, Follower]:
    """Some by their ids."""
    return {one.id: one for one in await _FOLLOWERS.every(tx, "id = ANY($1)", list(wanted))}


async def live(tx: Transaction, permits: Sequence[UUID]) -> list[Follower]:
    """Those of some permits that are not over."""
    return await _FOLLOWERS.every(tx, "permit = ANY($1) AND state <> 'ended'", list(permits))


async def end(tx: Transaction, permits: Sequence[UUID]) -> None:
    """Erases the addresses of permits that are over, or whose holder wants that."""
    if permits:
        await tx.execute(_OVER, list(permits), tx.now)


async def prune(tx: Transaction, unconfirmed: datetime, ended: datetime) -> bool:
    """Takes away what nobody confirmed since, what ended before and what counts no more. Whether there is more."""
    tags = [await tx.execute(_UNCONFIRMED, unconfirmed, PRUNED), await tx.execute(_ENDED, ended, PRUNED)]
    return await ASKED.prune(tx) or any(tag.endswith(f" {PRUNED}") for tag in tags)
