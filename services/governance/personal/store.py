"""SQL of what governance keeps by a login."""

from uuid import UUID

from services.kit.database import Transaction
from services.kit.personal import By, Deed, Kept

MOST = 1_000
"""Cases whose contacts are erased at once; that of a reporter is known by the case."""
_CASES = "SELECT id FROM complaint WHERE reporter = $1 AND reporter <> '' ORDER BY id DESC LIMIT $2"
_CONTACTS = "SELECT subject FROM contact WHERE subject = ANY($1::uuid[]) AND erase_time IS NULL"

_GIVEN = """
SELECT code, id FROM complaint AS one WHERE reporter = $1 AND reporter <> ''
   AND EXISTS (SELECT FROM contact WHERE subject = one.id AND erase_time IS NULL)
 ORDER BY id DESC LIMIT $2
"""
UNSEALED = 50
"""Contacts that an export unseals: each takes a key from its store."""
DEEDS = (
    Deed("read_contacts", (By("contact_read", "reader", "at"),)),
    Deed("read_callers", (By("emergency_caller_read", "subject", "at"),)),
    Deed("redactions", (By("redaction", "asker", "create_time"), By("redaction", "approver", "create_time"))),
    Deed("handovers", (By("shift_handover", "by", "created_at"), By("shift_handover", "accepted_by", "created_at"))),
    Deed("crewed_units", (By("emergency_unit", "crew", "moved_at"),)),
)
"""What staff do here, by their login."""
KEPT = (
    Kept(
        "complaints",
        """
        SELECT code, state, category, area, landmark, lon, lat, text, public_text, agency, channel, created_at,
               updated_at
          FROM complaint WHERE reporter = $1 AND reporter <> '' ORDER BY id DESC LIMIT $2
        """,
    ),
)


async def given(tx: Transaction, subject: str) -> list[tuple[str, UUID]]:
    """The newest complaints of somebody that they gave a contact with: code, and by what that is known."""
    return [(row["code"], row["id"]) for row in await tx.fetch(_GIVEN, subject, UNSEALED)]


async def cases(tx: Transaction, subject: str) -> int:
    """How many complaints somebody reported by their login."""
    found: int = await tx.fetchval("SELECT count(*) FROM complaint WHERE reporter = $1 AND reporter <> ''", subject)
    return found


async def contacts(tx: Transaction, subject: str) -> list[UUID]:
    """Contacts that somebody gave with them, which are not erased."""
    ids = [row["id"] for row in await tx.fetch(_CASES, subject, MOST)]
    return [row["subject"] for row in await tx.fetch(_CONTACTS, ids)]
