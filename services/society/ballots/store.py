"""SQL of ballots."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table
from services.society.ballots.model import Ballot

_BALLOTS = Table(Ballot, "ballot", fixed=("agency", "process", "opens_at", "closes_at", "public_key", "created_at"))
_NEWEST: Keyset[Ballot] = Keyset({"id": UUID}, of=lambda one: (one.id,), descending=True)
_NAMED = 50
"""Open ballots that are named at most."""
get, save = _BALLOTS.get, _BALLOTS.save


class Named(NamedTuple):
    """What the city's home says of one."""

    id: UUID
    title: str
    title_en: str
    closes_at: datetime


async def locked(tx: Transaction, key: UUID) -> Ballot | None:
    """One, that nobody else changes before the end of the transaction. People vote meanwhile."""
    return await get(tx, key, lock=True)


async def voted_on(tx: Transaction, key: UUID) -> Ballot | None:
    """One, whose votes are not closed for good before the end of the transaction: ``shut`` waits for it. The rows of a
    vote, which refer to it, lock it so anyway.
    """
    return next(iter(await _BALLOTS.every(tx, "id = $1 FOR KEY SHARE", key)), None)


async def shut(tx: Transaction, key: UUID) -> Ballot | None:
    """One, once all votes are written that were let in, and before any other is."""
    return next(iter(await _BALLOTS.every(tx, "id = $1 FOR UPDATE", key)), None)


async def page(tx: Transaction, process: str, size: int, token: str) -> Page[Ballot]:
    """Those of a process, or (empty) of all, the newest first."""
    return await _BALLOTS.page(tx, _NEWEST, size, token, process=process)


async def open_now(tx: Transaction) -> list[Named]:
    """Those in which voters vote now, the next to close first, as far as they are named."""
    sql = """
    SELECT id, title, title_en, closes_at FROM ballot
     WHERE state = 'held' AND closes_at > $1 AND opens_at <= $1 ORDER BY closes_at LIMIT $2
    """
    return [Named(**row) for row in await tx.fetch(sql, tx.now, _NAMED)]


async def next_to_count(tx: Transaction) -> Ballot | None:
    """The one that is to be counted whose turn has come the longest since, locked."""
    return await _BALLOTS.first(tx, "state = 'counting' AND try_at <= $1 ORDER BY try_at", tx.now, lock=True)


async def try_later(tx: Transaction, one: Ballot, at: datetime) -> None:
    """Its count is tried, and unless that counts it again then. Officers who have it before them still see its last
    version.
    """
    await tx.execute("UPDATE ballot SET tries = $2, try_at = $3 WHERE id = $1", one.id, one.tries + 1, at)


async def uncounted_since(tx: Transaction) -> datetime | None:
    """When the one closed, or was to be counted, that has waited the longest for its count."""
    sql = """
    SELECT least((SELECT closes_at FROM ballot WHERE state = 'held' AND closes_at < $1 ORDER BY closes_at LIMIT 1),
                 (SELECT closes_at FROM ballot WHERE state = 'counting' ORDER BY updated_at LIMIT 1))
    """
    found: datetime | None = await tx.fetchval(sql, tx.now)
    return found
