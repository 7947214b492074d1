"""The inbox: the ids of events that a consumer took, so that each has its effect once."""

from collections.abc import Iterable
from uuid import UUID

from services.kit.database import Transaction

_CLAIM = """
INSERT INTO inbox (consumer, id) SELECT $1, unnest($2::uuid[]) ON CONFLICT DO NOTHING RETURNING id
"""


async def claim(tx: Transaction, consumer: str, ids: Iterable[UUID]) -> set[UUID]:
    """Those of the ids that were not taken before; they are now."""
    return {row["id"] for row in await tx.fetch(_CLAIM, consumer, list(ids))}
