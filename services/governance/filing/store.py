"""SQL of those who join a case."""

from uuid import UUID

from services.kit.database import Transaction


async def join(tx: Transaction, complaint_id: UUID, supporter_id: UUID, subject: str) -> bool:
    """Adds a supporter. False when that subject joined before."""
    added = await tx.fetchval(
        """
        WITH added AS (
            INSERT INTO supporter (id, complaint_id, subject, joined_at) VALUES ($2, $1, $3, $4)
            ON CONFLICT (complaint_id, subject) DO NOTHING RETURNING complaint_id
        )
        UPDATE complaint SET supporters = supporters + 1 FROM added WHERE id = added.complaint_id RETURNING supporters
        """,
        complaint_id,
        supporter_id,
        subject,
        tx.now,
    )
    return added is not None
