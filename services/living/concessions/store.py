"""SQL of concessions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table
from services.living.concessions.model import Concession, State

CONCESSIONS = Table(Concession, "concession", fixed=("owner", "rider", "created_at"))
_OLDEST: Keyset[Concession] = Keyset({"id": UUID}, of=lambda one: (one.id,))
_NEWEST: Keyset[Concession] = Keyset({"id": UUID}, of=lambda one: (one.id,), descending=True)
get, save = CONCESSIONS.get, CONCESSIONS.save

_FORGET = """
DELETE FROM concession WHERE id IN (
    SELECT id FROM concession WHERE ended < $1 ORDER BY ended LIMIT $2 FOR UPDATE SKIP LOCKED
)
"""
FORGOTTEN = 1_000
"""Concessions that one statement erases."""


async def add(tx: Transaction, one: Concession) -> bool:
    """Writes a new one; False where the owner has one of the class that waits."""
    return bool(await CONCESSIONS.add_all(tx, [one]))


async def page(tx: Transaction, state: State | None, owner: str, size: int, token: str) -> Page[Concession]:
    """Those in a state (None: in any) of an owner, or (empty) of all: those that wait with the oldest first, others the
    newest.
    """
    order = _OLDEST if state is State.WAITING else _NEWEST
    return await CONCESSIONS.page(tx, order, size, token, owner=owner, state=state)


async def waiting_with(tx: Transaction, code: str) -> Concession | None:
    """The one that waits with a code."""
    return await CONCESSIONS.first(tx, "code = $1 AND state = 'waiting'", code) if code else None


async def remove(tx: Transaction, id_: UUID) -> None:
    """Erases one."""
    await tx.execute("DELETE FROM concession WHERE id = $1", id_)


async def forget(tx: Transaction, before: datetime) -> bool:
    """Erases those that ended before: their last day was, or they were declined or asked for, and never decided on,
    before it. Whether there are more.
    """
    return await tx.execute(_FORGET, before.date(), FORGOTTEN) == f"DELETE {FORGOTTEN}"


async def confirm_resident(tx: Transaction, subject: str, at: datetime) -> None:
    """From now on it is known that somebody lives in the city."""
    sql = "INSERT INTO concession_resident (subject, confirmed_at) VALUES ($1, $2) ON CONFLICT DO NOTHING"
    await tx.execute(sql, subject, at)


async def forget_resident(tx: Transaction, subject: str) -> None:
    """It is known no longer."""
    await tx.execute("DELETE FROM concession_resident WHERE subject = $1", subject)


async def residents(tx: Transaction, subjects: Collection[str]) -> set[str]:
    """Those of whom it is known."""
    sql = "SELECT subject FROM concession_resident WHERE subject = ANY($1::text[])"
    return {row["subject"] for row in await tx.fetch(sql, sorted(set(subjects)))}


async def of_owners(tx: Transaction, owners: Collection[str], since: date) -> Mapping[str, Sequence[Concession]]:
    """Those of each owner that hold on some day from ``since`` on, the newest first."""
    found: dict[str, list[Concession]] = {}
    tail = "owner = ANY($1::text[]) AND last_day >= $2 ORDER BY id DESC"
    for one in await CONCESSIONS.every(tx, tail, sorted(owners), since):
        found.setdefault(one.owner, []).append(one)
    return found
