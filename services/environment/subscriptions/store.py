"""SQL of subscriptions, and of how often an address was asked."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from services.environment.subscriptions.model import Subscription
from services.kit.database import Transaction
from services.kit.database.table import Table
from services.kit.mail.asked import AskedBefore

PRUNED = 1000
"""Rows that are taken away at once."""

_SUBSCRIPTIONS = Table(Subscription, "warning_subscription", fixed=("created_at",))
add, get, save = _SUBSCRIPTIONS.add, _SUBSCRIPTIONS.get, _SUBSCRIPTIONS.save
_UNCONFIRMED = """
DELETE FROM warning_subscription WHERE id IN (
    SELECT id FROM warning_subscription WHERE state = 'waiting' AND created_at < $1 ORDER BY created_at LIMIT $2
)
"""
_ENDED = """
DELETE FROM warning_subscription WHERE id IN (
    SELECT id FROM warning_subscription WHERE state = 'ended' AND ended_at < $1 ORDER BY ended_at LIMIT $2
)
"""
ASKED = AskedBefore("warning_asked")


async def of_address(tx: Transaction, address: bytes) -> Subscription | None:
    """The confirmed one of an address, locked."""
    return await _SUBSCRIPTIONS.first(tx, "address = $1 AND state = 'confirmed'", address, lock=True)


async def by_ids(tx: Transaction, wanted: Collection[UUID]) -> dict[UUID, Subscription]:
    """Subscriptions by their ids."""
    return {one.id: one for one in await _SUBSCRIPTIONS.every(tx, "id = ANY($1)", list(wanted))}


async def hear(tx: Transaction, subscription: UUID, areas: Sequence[str]) -> None:
    """From now on it hears of these kelurahan and of no other."""
    await tx.execute("DELETE FROM warning_subscriber WHERE subscription = $1", subscription)
    await tx.execute(
        "INSERT INTO warning_subscriber (area, subscription) SELECT area, $1 FROM unnest($2::text[]) AS area",
        subscription,
        list(areas),
    )


async def prune(tx: Transaction, unconfirmed: datetime, ended: datetime) -> bool:
    """Takes away what nobody confirmed since, what ended before, and what counts no more. Whether there is more."""
    tags = (
        await tx.execute(_UNCONFIRMED, unconfirmed, PRUNED),
        await tx.execute(_ENDED, ended, PRUNED),
    )
    return await ASKED.prune(tx) or any(int(tag.rsplit(" ", 1)[1]) == PRUNED for tag in tags)
