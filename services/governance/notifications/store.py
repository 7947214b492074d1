"""SQL of the queue of notifications; its table is called news."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from services.kit.database import Transaction

_CLAIM = """
UPDATE news SET attempts = attempts + 1, next_time = $1 + make_interval(secs => least($3 * 2 ^ attempts, $4))
WHERE id IN (
    SELECT id FROM news WHERE state = 'queued' AND next_time <= $1 ORDER BY next_time LIMIT $2 FOR UPDATE SKIP LOCKED
)
RETURNING id, complaint_id, subject, kind, facts, attempts, create_time
"""


async def insert(tx: Transaction, complaint_id: UUID, kind: str, facts: Mapping[str, str], ids: list[UUID]) -> None:
    """Queues one mail for each address of the case; `ids` are at least as many as there are."""
    await tx.execute(
        """
        INSERT INTO news (id, complaint_id, subject, kind, facts, create_time, state, next_time)
        SELECT ($5::uuid[])[number], $1, subject, $2, $3::jsonb, $4, 'queued', $4
        FROM (SELECT subject, row_number() OVER (ORDER BY subject) AS number
              FROM contact WHERE complaint_id = $1 AND has_email) AS told
        """,
        complaint_id,
        kind,
        msgspec.json.encode(dict(facts)).decode(),
        tx.now,
        ids,
    )


async def count_addresses(tx: Transaction, complaint_id: UUID) -> int:
    """How many e-mail addresses the case has."""
    count: int = await tx.fetchval("SELECT count(*) FROM contact WHERE complaint_id = $1 AND has_email", complaint_id)
    return count


async def claim(tx: Transaction, most: int, first_pause: float, longest_pause: float) -> list[Any]:
    """Takes mails that are due, oldest first; each comes back after its pause (seconds, doubling) until finished."""
    rows = await tx.fetch(_CLAIM, tx.now, most, first_pause, longest_pause)
    return sorted(rows, key=lambda row: row["id"])  # ids grow with time


async def finish(tx: Transaction, id: UUID, state: str, reason: str = "") -> None:  # noqa: A002
    """Ends a mail as sent, dropped or given_up; what it said is not kept longer."""
    await tx.execute(
        "UPDATE news SET state = $2, reason = $3, end_time = $4, facts = '{}' WHERE id = $1 AND state = 'queued'",
        id,
        state,
        reason,
        tx.now,
    )


async def expire(tx: Transaction, before: datetime) -> int:
    """Drops what has waited since `before`: an old notification helps nobody. Answers with how many."""
    tag = await tx.execute(
        """
        UPDATE news SET state = 'dropped', reason = 'EXPIRED', end_time = $2, facts = '{}'
        WHERE state = 'queued' AND create_time < $1
        """,
        before,
        tx.now,
    )
    return int(tag.rsplit(" ", 1)[1])
