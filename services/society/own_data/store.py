"""SQL of requests for own data, and of what society keeps by a login."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table
from services.kit.personal import rows
from services.society.own_data.model import Answer, Answers, Asked, Told

FORGOTTEN = 1_000
_ASKED = Table(Asked, "data_request", fixed=("subject", "erase", "created_at"))
_NEWEST: Keyset[Asked] = Keyset({"id": UUID}, of=lambda one: (one.id,), descending=True)
get, save = _ASKED.get, _ASKED.save

_KEEP = """
INSERT INTO data_answer (request, pillar, kinds, answered_at) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING RETURNING true
"""
_FORGET = """
DELETE FROM data_request WHERE id IN (SELECT id FROM data_request WHERE created_at < $1 ORDER BY created_at LIMIT $2)
"""


async def page(tx: Transaction, subject: str, size: int, token: str) -> Page[Asked]:
    """Those of a login, the newest first."""
    return await _ASKED.page(tx, _NEWEST, size, token, subject=subject)


async def latest(tx: Transaction, subject: str) -> Asked | None:
    """The last of a login."""
    return await _ASKED.first(tx, "subject = $1 ORDER BY id DESC", subject)


async def keep(tx: Transaction, request: UUID, answer: Answer) -> bool:
    """Keeps an answer; False where its pillar has answered already."""
    kinds = msgspec.json.encode(answer.kinds).decode()
    return bool(await tx.fetchval(_KEEP, request, answer.pillar, kinds, answer.at))


async def answers(tx: Transaction, requests: Sequence[UUID]) -> Answers:
    """What pillars have answered."""
    found: dict[UUID, dict[str, Answer]] = {}
    sql = "SELECT request, pillar, kinds, answered_at FROM data_answer WHERE request = ANY($1::uuid[])"
    for row in await tx.fetch(sql, list(requests)):
        kinds = msgspec.json.decode(row["kinds"], type=tuple[Told, ...])
        found.setdefault(row["request"], {})[row["pillar"]] = Answer(row["pillar"], kinds, row["answered_at"])
    return found


async def forget(tx: Transaction, before: datetime) -> bool:
    """Erases old ones with their answers. Whether there are more."""
    return rows(await tx.execute(_FORGET, before, FORGOTTEN)) == FORGOTTEN


async def consents(tx: Transaction, subject: str, *, erase: bool) -> int:
    """How often somebody agreed to something; erased if asked."""
    held: int = await tx.fetchval("SELECT count(*) FROM consent WHERE subject = $1", subject)
    if erase:
        await tx.execute("DELETE FROM consent WHERE subject = $1", subject)
    return held


async def residents(tx: Transaction, subject: str, *, erase: bool) -> int:
    """Declarations of somebody's; erased if asked."""
    held: int = await tx.fetchval("SELECT count(*) FROM resident WHERE subject = $1", subject)
    if erase:
        await tx.execute("DELETE FROM resident WHERE subject = $1", subject)
    return held
