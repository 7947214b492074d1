"""SQL of residents."""

from datetime import datetime
from uuid import UUID

from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table
from services.society.residents.model import Resident, State

FORGOTTEN = 1_000
"""Declarations that one statement erases."""
_RESIDENTS = Table(Resident, "resident", fixed=("created_at",))
_OLDEST: Keyset[Resident] = Keyset({"id": UUID}, of=lambda one: (one.id,))
_NEWEST: Keyset[Resident] = Keyset({"id": UUID}, of=lambda one: (one.id,), descending=True)
get, save, wait = _RESIDENTS.get, _RESIDENTS.save, _RESIDENTS.wait

_FORGET_WAITING = """
DELETE FROM resident WHERE id IN (
    SELECT id FROM resident WHERE state = 'waiting' AND created_at < $1 ORDER BY created_at LIMIT $2
       FOR UPDATE SKIP LOCKED
)
"""
_FORGET_ENDED = """
DELETE FROM resident WHERE id IN (
    SELECT id FROM resident WHERE state = 'ended' AND ended_at < $1 ORDER BY ended_at LIMIT $2
       FOR UPDATE SKIP LOCKED
)
"""


async def page(tx: Transaction, state: State | None, subject: str, size: int, token: str) -> Page[Resident]:
    """Those in a state (None: in any) of a login, or (empty) of all: those that wait with the oldest first, others the
    newest.
    """
    order = _OLDEST if state is State.WAITING else _NEWEST
    return await _RESIDENTS.page(tx, order, size, token, subject=subject, state=state)


async def verified(tx: Transaction, subject: str, *, lock: bool = False) -> Resident | None:
    """The one that a login is verified by."""
    return await _RESIDENTS.first(tx, "subject = $1 AND state = 'verified'", subject, lock=lock)


async def waiting(tx: Transaction, subject: str) -> Resident | None:
    """The one of a login that waits, locked."""
    return await _RESIDENTS.first(tx, "subject = $1 AND state = 'waiting'", subject, lock=True)


async def of_person(tx: Transaction, person: bytes) -> Resident | None:
    """The one that a person is verified by, with whatever login."""
    return await _RESIDENTS.first(tx, "person = $1 AND state = 'verified'", person)


async def waiting_with(tx: Transaction, code: str) -> Resident | None:
    """The one that waits with a code."""
    return await _RESIDENTS.first(tx, "code = $1 AND state = 'waiting'", code)


async def others_wait(tx: Transaction, one: Resident) -> bool:
    """Whether another waits with the same number."""
    sql = "SELECT EXISTS (SELECT FROM resident WHERE person = $1 AND state = 'waiting' AND id <> $2)"
    return bool(one.person and await tx.fetchval(sql, one.person, one.id))


async def of_subject(tx: Transaction, subject: str, most: int) -> list[Resident]:
    """All of a login, locked, the oldest first."""
    return await _RESIDENTS.every(tx, "subject = $1 ORDER BY id LIMIT $2 FOR NO KEY UPDATE", subject, most)


async def waiting_since(tx: Transaction) -> datetime | None:
    """Since when the oldest has waited."""
    sql = "SELECT created_at FROM resident WHERE state = 'waiting' ORDER BY created_at LIMIT 1"
    found: datetime | None = await tx.fetchval(sql)
    return found


async def forget(tx: Transaction, waiting: datetime, ended: datetime) -> bool:
    """Erases those that waited since before, and those that ended before. Whether there are more."""
    tags = (await tx.execute(_FORGET_WAITING, waiting, FORGOTTEN), await tx.execute(_FORGET_ENDED, ended, FORGOTTEN))
    return f"DELETE {FORGOTTEN}" in tags
