"""SQL of the nowcasts."""

from collections.abc import Collection
from datetime import datetime

from services.environment.nowcasts.model import MOST, Feed, Nowcast
from services.kit.database import Transaction
from services.kit.database.table import Table

_NOWCASTS = Table(Nowcast, "nowcast", fixed=("identifier",))
_FEEDS = Table(Feed, "nowcast_feed")
_KNOWN = "SELECT item FROM nowcast WHERE item = ANY($1)"
_REPLACE = "UPDATE nowcast SET replaced = true WHERE identifier = ANY($1) AND sender = $2 AND NOT replaced"
_REPLACED = "SELECT EXISTS (SELECT FROM nowcast WHERE refers @> ARRAY[$1::text] AND sender = $2)"
_PRUNE = """
DELETE FROM nowcast WHERE id IN (
    SELECT id FROM nowcast WHERE expires_at < $1 ORDER BY expires_at LIMIT 5000 FOR UPDATE SKIP LOCKED)
"""
save_feed = _FEEDS.save


async def feed(tx: Transaction) -> Feed | None:
    """How the feed was read; None before it was ever tried."""
    return await _FEEDS.first(tx, "id = 1")


async def known(tx: Transaction, items: Collection[str]) -> set[str]:
    """Which of the feed's keys are kept already."""
    return {row["item"] for row in await tx.fetch(_KNOWN, list(items))}


async def keep(tx: Transaction, nowcast: Nowcast) -> None:
    """Keeps a message; what it takes the place of is replaced, and so is itself where its successor came first."""
    await _NOWCASTS.save(tx, nowcast)
    if nowcast.refers:
        await tx.execute(_REPLACE, list(nowcast.refers), nowcast.sender)
    if await tx.fetchval(_REPLACED, nowcast.identifier, nowcast.sender):
        await tx.execute(_REPLACE, [nowcast.identifier], nowcast.sender)


async def holding(tx: Transaction) -> list[Nowcast]:
    """Those that concern the city and hold or will, the one that ends first before the others."""
    tail = "here AND NOT replaced AND expires_at > $1 ORDER BY expires_at, id LIMIT $2"
    return await _NOWCASTS.every(tx, tail, tx.now, MOST)


async def prune(tx: Transaction, before: datetime) -> None:
    """Deletes those whose time was over before."""
    await tx.execute(_PRUNE, before)
