"""SQL of what governance keeps by a login."""

from collections.abc import Mapping
from uuid import UUID

from services.kit.database import Transaction
from services.kit.personal import By, Deed, Kept

MOST = 1_000
"""Cases whose contacts are erased at once; that of a reporter is known by the case."""
_JOINED = "supporter.subject = $1 AND NOT starts_with(supporter.subject, 'request:')"
"""As the index of logins has it, which leaves out who joined without one."""
_CASES = "SELECT id FROM complaint WHERE reporter = $1 AND reporter <> '' ORDER BY id DESC LIMIT $2"
_OWN = "(SELECT id, code FROM complaint WHERE reporter = $1 AND reporter <> '' ORDER BY id DESC LIMIT $2) AS own"
_JOININGS = f"SELECT id FROM supporter WHERE {_JOINED} ORDER BY joined_at DESC LIMIT $2"
_CONTACTS = "SELECT subject FROM contact WHERE subject = ANY($1::uuid[]) AND erase_time IS NULL"

# A contact is known by the case where its reporter gave it, by the joining where somebody else did.
_GIVEN = f"""
SELECT complaint.code, contact.subject
  FROM contact JOIN complaint ON complaint.id = contact.complaint_id
 WHERE contact.subject = ANY(ARRAY(({_CASES}) UNION ALL ({_JOININGS}))) AND contact.erase_time IS NULL
 ORDER BY contact.create_time DESC LIMIT $3
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
        SELECT code, state, category, area, landmark, lon, lat, text, public_text, agency, channel,
               nullif(rating, 0) AS rating, created_at, updated_at
          FROM complaint WHERE reporter = $1 AND reporter <> '' ORDER BY id DESC LIMIT $2
        """,
    ),
    # Answers, reasons to reopen or withdraw, and words that came with a rating; not digests of what was taken out.
    Kept(
        "notes",
        f"""
        SELECT code AS complaint, split_part(type, '.', 4) AS event, state, note, at
          FROM {_OWN}, LATERAL (
            SELECT type, state, note, at FROM entry
             WHERE complaint_id = own.id AND by = 'reporter' AND note <> '' AND type NOT LIKE '%.ComplaintRedacted'
             ORDER BY number DESC LIMIT $2) AS said
         LIMIT $2
        """,
    ),
    Kept(
        "photos",
        f"""
        SELECT code AS complaint, '/v1/complaints/' || code || '/photos/' || photo.id AS address, create_time
          FROM {_OWN}, LATERAL (
            SELECT id, create_time FROM photo
             WHERE complaint_id = own.id AND NOT evidence AND redact_time IS NULL
             ORDER BY id DESC LIMIT $2) AS photo
         LIMIT $2
        """,
    ),
    Kept(
        "contact_reads",
        f"""
        SELECT code AS complaint, at, by, purpose
          FROM {_OWN}, LATERAL (
            SELECT at, by, purpose FROM contact_read WHERE complaint_id = own.id ORDER BY id DESC LIMIT $2) AS read
         LIMIT $2
        """,
    ),
    # Whoever joined a case that is secret by now may know of it no more than that.
    Kept(
        "joined",
        f"""
        SELECT code AS complaint, joined_at
          FROM supporter JOIN complaint ON complaint.id = supporter.complaint_id
         WHERE {_JOINED} ORDER BY joined_at DESC LIMIT $2
        """,
    ),
)


async def given(tx: Transaction, subject: str) -> list[tuple[str, UUID]]:
    """The newest contacts that somebody gave with cases they reported or joined: the case's code, and the contact's own
    subject.
    """
    return [(row["code"], row["subject"]) for row in await tx.fetch(_GIVEN, subject, MOST, UNSEALED)]


async def cases(tx: Transaction, subject: str) -> int:
    """How many complaints somebody reported by their login."""
    found: int = await tx.fetchval("SELECT count(*) FROM complaint WHERE reporter = $1 AND reporter <> ''", subject)
    return found


async def joined(tx: Transaction, subject: str) -> int:
    """How many somebody joined by it."""
    found: int = await tx.fetchval(f"SELECT count(*) FROM supporter WHERE {_JOINED}", subject)
    return found


async def contacts(tx: Transaction, subject: str) -> list[UUID]:
    """Contacts that somebody gave with them, which are not erased. Of what they joined all: once their login is taken
    off it, nobody finds the others.
    """
    rows = [*await tx.fetch(_CASES, subject, MOST), *await tx.fetch(_JOININGS, subject, None)]
    ids = [row["id"] for row in rows]
    return [row["subject"] for row in await tx.fetch(_CONTACTS, ids)]


async def joinings(tx: Transaction, subject: str) -> list[UUID]:
    """Those of a login, all of them."""
    return [row["id"] for row in await tx.fetch(_JOININGS, subject, None)]


async def unname(tx: Transaction, marks: Mapping[UUID, str]) -> None:
    """Takes the login off joinings and leaves these marks: they go on counting."""
    await tx.execute(
        """
        UPDATE supporter SET subject = left_there.mark
          FROM unnest($1::uuid[], $2::text[]) AS left_there (joining, mark)
         WHERE id = left_there.joining
        """,
        list(marks),
        list(marks.values()),
    )
