"""SQL of the mails of permits."""

from uuid import UUID

from services.economy.permit_mails.model import Mail
from services.kit.database import Transaction
from services.kit.ids import uuid7
from services.kit.mail.queue import Queue

MAILS = Queue(Mail, "permit_mail")
_ASK = "INSERT INTO permit_mail (id, follower, news, created_at, next_at) VALUES ($1, $2, 'confirmation', $3, $3)"
_REMIND = """
INSERT INTO permit_mail (id, follower, news, created_at, next_at)
SELECT gen_random_uuid(), id, 'ending', $2, $2 FROM permit_follower WHERE permit = $1 AND state = 'confirmed'
ON CONFLICT (follower, news) DO UPDATE
   SET state = 'waiting', reason = '', attempts = 0, created_at = $2, next_at = $2, ended_at = NULL
 WHERE permit_mail.state = 'overtaken'
"""


async def ask(tx: Transaction, follower: UUID) -> None:
    """Queues the confirmation."""
    await tx.execute(_ASK, uuid7(), follower, tx.now)


async def remind(tx: Transaction, permit: UUID) -> None:
    """Queues the reminder of a permit's end for who is mailed of it, once; anew where it was overtaken."""
    await tx.execute(_REMIND, permit, tx.now)
