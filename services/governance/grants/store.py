"""SQL of the links that were mailed to contacts."""

from collections.abc import Sequence
from uuid import UUID

from services.governance.grants.model import Holder
from services.kit.database import Transaction
from services.kit.database.table import Table

_HOLDERS = Table(Holder, "contact")


async def holder(tx: Transaction, subject: UUID) -> Holder | None:
    """Whose links hold: who has an address that was confirmed and works, be it that its owner wants no news."""
    tail = "subject = $1 AND has_email AND erase_time IS NULL AND mail IN ('confirmed', 'unsubscribed')"
    return await _HOLDERS.first(tx, tail, subject)


async def end(tx: Transaction, subjects: Sequence[UUID]) -> None:
    """Begins another round of links for each of these contacts, which ends the links mailed before."""
    await tx.execute(
        "UPDATE contact SET link_round = (link_round + 1) % 65536 WHERE subject = ANY($1::uuid[])", list(subjects)
    )
