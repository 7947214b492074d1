"""SQL of alerts."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table
from services.living.alerts.model import MOST, MOST_OF_FEED, Alert, Change, Origin, State

ALERTS = Table(Alert, "service_alert", fixed=("origin", "source", "exercise", "correlation", "created_at"))
_CHANGES = Table(Change, "service_alert_change")
_NEWEST: Keyset[Alert] = Keyset({"id": UUID}, of=lambda one: (one.id,), descending=True)
_BATCH = 100
_OWN = "state = 'published' AND origin <> 'operator' ORDER BY id DESC LIMIT $1"
# Of each feed by itself: however much one tells, it crowds out neither the city's own nor another's.
_OPERATORS = """id = ANY(ARRAY(
    SELECT one.id FROM operator_feed f, LATERAL (
        SELECT id FROM service_alert
         WHERE state = 'published' AND origin = 'operator' AND split_part(source, '/', 1) = f.id
         ORDER BY id DESC LIMIT $1
    ) AS one
)) ORDER BY id DESC"""
_OLD = """
SELECT id FROM service_alert WHERE state = 'ended' AND origin = 'operator' AND ended_at < $1 ORDER BY ended_at LIMIT 200
"""
_DROP_CHANGES = "DELETE FROM service_alert_change WHERE alert = ANY($1)"
_DROP_ALERTS = "DELETE FROM service_alert WHERE id = ANY($1)"
_TOLD_OF_FEED = """
SELECT source FROM service_alert
 WHERE state = 'published' AND origin = 'operator' AND split_part(source, '/', 1) = $1 ORDER BY id LIMIT 1000
"""
_UNHEARD = """
SELECT source FROM service_alert
 WHERE state = 'published' AND origin = 'operator' AND NOT split_part(source, '/', 1) = ANY($1) ORDER BY id LIMIT 1000
"""
_COUNT = "SELECT count(*)::integer FROM (SELECT FROM service_alert WHERE state = 'published' LIMIT $1) AS part"
get, save = ALERTS.get, ALERTS.save
add_change = _CHANGES.add


async def page(tx: Transaction, state: State | None, size: int, token: str) -> Page[Alert]:
    """All of them, the newest first."""
    return await ALERTS.page(tx, _NEWEST, size, token, state=state)


async def published(tx: Transaction) -> list[Alert]:
    """Those that are told, the newest first: the city's own, then those of operators, so many of each feed."""
    own = await ALERTS.every(tx, _OWN, MOST)
    return own + await ALERTS.every(tx, _OPERATORS, MOST_OF_FEED)


async def count(tx: Transaction) -> int:
    """How many are told, up to so many as are told at once."""
    found: int = await tx.fetchval(_COUNT, MOST)
    return found


async def of_source(tx: Transaction, origin: Origin, source: str) -> Alert | None:
    """The newest that comes from there, locked."""
    return await ALERTS.first(tx, "origin = $1 AND source = $2 ORDER BY id DESC", origin.value, source, lock=True)


async def over(tx: Transaction) -> list[Alert]:
    """Those that are told and whose time is over."""
    tail = "state = 'published' AND over_at <= $1 ORDER BY over_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED"
    return await ALERTS.every(tx, tail, tx.now, _BATCH)


async def changes(tx: Transaction, alert: UUID) -> list[Change]:
    """The steps of an alert, the newest first."""
    return await _CHANGES.every(tx, "alert = $1 ORDER BY version DESC LIMIT 100", alert)


async def drop_old(tx: Transaction, before: datetime) -> int:
    """Drops some alerts of operators that ended before a moment; answers with how many."""
    old = [row["id"] for row in await tx.fetch(_OLD, before)]
    await tx.execute(_DROP_CHANGES, old)
    await tx.execute(_DROP_ALERTS, old)
    return len(old)


async def told_of_feed(tx: Transaction, feed: str) -> list[str]:
    """Where alerts of an operator's feed come from that are told."""
    return [row["source"] for row in await tx.fetch(_TOLD_OF_FEED, feed)]


async def unheard(tx: Transaction, feeds: Collection[str]) -> list[str]:
    """The same of all feeds but these, some at a time."""
    return [row["source"] for row in await tx.fetch(_UNHEARD, list(feeds))]
