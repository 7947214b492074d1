"""SQL of the queue of notifications; its table is called news."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from services.kit.database import Transaction, rows
from services.kit.ids import uuid7

_CLAIM = """
UPDATE news SET
    attempts = attempts + 1, reason = '', next_time = $1 + make_interval(secs => least($3 * 2 ^ attempts, $4))
WHERE id IN (
    SELECT id FROM news WHERE state = 'queued' AND next_time <= $1
    ORDER BY next_time, id LIMIT $2 FOR UPDATE SKIP LOCKED
)
RETURNING id, complaint_id, subject, kind, facts, attempts, create_time,
    (SELECT exercise FROM complaint WHERE complaint.id = news.complaint_id) AS exercise
"""
# In the words of its index.
_PUT_OFF = "kind = 'confirm' AND state = 'queued' AND reason <> ''"
_OVERTAKEN = "UPDATE news SET state = 'dropped', reason = 'OVERTAKEN', end_time = $1, facts = '{}' WHERE"
_OVERTAKE = f"{_OVERTAKEN} complaint_id = $2 AND subject = $3 AND {_PUT_OFF}"
# Of those that wait, by their own index: contacts of an address, and what they were told, are kept for long.
_OVERTAKE_ALL = f"""
{_OVERTAKEN} id IN (
    SELECT id FROM news JOIN contact USING (subject)
     WHERE {_PUT_OFF} AND contact.address = (SELECT address FROM contact WHERE subject = $2)
     ORDER BY id DESC OFFSET $3
)
"""


async def insert(
    tx: Transaction, complaint_id: UUID, kind: str, facts: Mapping[str, str], subjects: Sequence[UUID]
) -> None:
    """Queues a mail to each of these contacts of the case."""
    await tx.execute(
        """
        INSERT INTO news (id, complaint_id, subject, kind, facts, create_time, state, next_time)
        SELECT id, $1, subject, $2, $3::jsonb, $4, 'queued', $4
        FROM unnest($5::uuid[], $6::uuid[]) AS told (id, subject)
        """,
        complaint_id,
        kind,
        msgspec.json.encode(dict(facts)).decode(),
        tx.now,
        [uuid7() for _ in subjects],
        list(subjects),
    )


async def is_hidden(tx: Transaction, complaint_id: UUID, subject: UUID) -> bool:
    """Whether the case of a contact is secret and somebody else's: they joined it while everybody could read it."""
    found = await tx.fetchval("SELECT secret FROM complaint WHERE id = $1 AND id <> $2", complaint_id, subject)
    return bool(found)


async def forget_notes(tx: Transaction, complaint_id: UUID) -> None:
    """Takes the notes out of the mails of a case that wait."""
    await tx.execute(
        "UPDATE news SET facts = facts - 'note' WHERE complaint_id = $1 AND state = 'queued'", complaint_id
    )


async def anything_due(tx: Transaction) -> bool:
    """Whether a mail's turn has come."""
    sql = "SELECT EXISTS (SELECT FROM news WHERE state = 'queued' AND next_time <= $1)"
    found: bool = await tx.fetchval(sql, tx.now)
    return found


async def claim(tx: Transaction, most: int, first_pause: float, longest_pause: float) -> list[Any]:
    """Takes mails that are due, oldest first; each comes back after its pause (seconds, doubling) until finished."""
    found = await tx.fetch(_CLAIM, tx.now, most, first_pause, longest_pause)
    return sorted(found, key=lambda row: row["id"])  # ids grow with time


async def finish(tx: Transaction, id: UUID, state: str, reason: str = "") -> None:  # noqa: A002
    """Ends a mail as sent, dropped or given_up; what it said is not kept longer."""
    await tx.execute(
        "UPDATE news SET state = $2, reason = $3, end_time = $4, facts = '{}' WHERE id = $1 AND state = 'queued'",
        id,
        state,
        reason,
        tx.now,
    )


async def spare(tx: Transaction, ids: Sequence[UUID]) -> None:
    """Mails whose turn had come, and that were not begun: they are due after their pause, as if it had not."""
    await tx.execute("UPDATE news SET attempts = attempts - 1 WHERE id = ANY($1) AND state = 'queued'", list(ids))


async def put_off(tx: Transaction, id: UUID, until: datetime, reason: str) -> None:  # noqa: A002
    """A mail that was not begun, since it must not go before a time."""
    await tx.execute(
        """
        UPDATE news SET attempts = attempts - 1, next_time = $2, reason = $3 WHERE id = $1 AND state = 'queued'
        """,
        id,
        until,
        reason,
    )


async def is_queued(tx: Transaction, complaint_id: UUID, subject: UUID) -> bool:
    """Whether a mail to a contact of the case waits."""
    sql = "SELECT EXISTS (SELECT FROM news WHERE complaint_id = $1 AND subject = $2 AND state = 'queued')"
    found: bool = await tx.fetchval(sql, complaint_id, subject)
    return found


async def overtake_confirmation(tx: Transaction, complaint_id: UUID, subject: UUID) -> None:
    """Drops the confirmation of a contact that was put off: another one says the same."""
    await tx.execute(_OVERTAKE, tx.now, complaint_id, subject)


async def overtake_confirmations(tx: Transaction, subject: UUID, left: int) -> None:
    """Of the confirmations to a contact's address that were put off only so many are left, the newest."""
    await tx.execute(_OVERTAKE_ALL, tx.now, subject, left)


async def waiting_since(tx: Transaction) -> datetime | None:
    """When the mail was queued that waits the longest, but for those that were put off until later than now."""
    found: datetime | None = await tx.fetchval(
        """
        SELECT create_time FROM news WHERE state = 'queued' AND (reason = '' OR next_time <= $1)
        ORDER BY create_time LIMIT 1
        """,
        tx.now,
    )
    return found


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
    return rows(tag)
