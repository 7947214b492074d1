"""The SQL of notifications."""

from dataclasses import dataclass
from datetime import date

from services.kit.database import Transaction


@dataclass(frozen=True, slots=True)
class Known:
    """A notification that came before, by the hash of its body, and how it was answered."""

    body_hash: bytes
    status: int
    answer: bytes


async def claim(tx: Transaction, provider: str, day: date, external_id: str, body_hash: bytes) -> bool:
    """Takes an external id of a day; waits for whoever is taking it, and answers False when it was taken."""
    sql = """
        INSERT INTO notification (provider, day, external_id, body_hash, status, answer, received_at)
        VALUES ($1, $2, $3, $4, 0, '', $5) ON CONFLICT DO NOTHING RETURNING true
    """
    return bool(await tx.fetchval(sql, provider, day, external_id, body_hash, tx.now))


async def keep(tx: Transaction, provider: str, day: date, external_id: str, status: int, answer: bytes) -> None:
    """Remembers how a claimed one is answered."""
    sql = "UPDATE notification SET status = $4, answer = $5 WHERE provider = $1 AND day = $2 AND external_id = $3"
    await tx.execute(sql, provider, day, external_id, status, answer)


async def known(tx: Transaction, provider: str, day: date, external_id: str) -> Known:
    """The one that took the external id before."""
    sql = """
        SELECT body_hash, status, answer FROM notification
        WHERE provider = $1 AND day = $2 AND external_id = $3
    """
    row = await tx.fetchrow(sql, provider, day, external_id)
    assert row is not None, "it was in the way of the INSERT a moment ago"
    return Known(row["body_hash"], row["status"], row["answer"])
