"""SQL of the section's one count that is no indicator."""

from services.kit.database import Transaction


async def merchants(tx: Transaction) -> int:
    """Merchants that can be paid, counters of the city among them; those of drills left out."""
    return int(await tx.fetchval("SELECT count(*) FROM merchant WHERE state = 'active' AND NOT exercise"))
