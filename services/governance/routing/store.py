"""SQL of routing."""

from services.governance.routing.model import Sample
from services.kit.database import Transaction


async def last(tx: Transaction, count: int) -> list[Sample]:
    """The last complaints, newest first. Drills are none; demonstration data is, where a city has it at all."""
    rows = await tx.fetch(
        "SELECT code, category, area, secret FROM complaint WHERE NOT exercise ORDER BY created_at DESC, id LIMIT $1",
        count,
    )
    return [Sample(**row) for row in rows]
