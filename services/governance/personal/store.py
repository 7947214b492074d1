"""SQL of what governance keeps by a login."""

from uuid import UUID

from services.kit.database import Transaction

MOST = 1_000
"""Cases whose contacts are erased at once; that of a reporter is known by the case."""
_CASES = "SELECT id FROM complaint WHERE reporter = $1 AND reporter <> '' ORDER BY id DESC LIMIT $2"
_CONTACTS = "SELECT subject FROM contact WHERE subject = ANY($1::uuid[]) AND erase_time IS NULL"


async def cases(tx: Transaction, subject: str) -> int:
    """How many complaints somebody reported by their login."""
    found: int = await tx.fetchval("SELECT count(*) FROM complaint WHERE reporter = $1 AND reporter <> ''", subject)
    return found


async def contacts(tx: Transaction, subject: str) -> list[UUID]:
    """Contacts that somebody gave with them, which are not erased."""
    ids = [row["id"] for row in await tx.fetch(_CASES, subject, MOST)]
    return [row["subject"] for row in await tx.fetch(_CONTACTS, ids)]
