"""SQL of published messages. They are written once and never changed: the database sees to it."""

from uuid import UUID

from services.environment.bulletins.model import Kept, Published
from services.kit.database import Transaction
from services.kit.database.table import Table

FEED = 20
"""Messages of the feed, besides those that hold."""

HOLDING = 500
"""Most messages whose time is not over that are looked at for those that hold."""

_MESSAGES, _BODIES = Table(Published, "warning_message"), Table(Kept, "warning_message")
_NEWEST = "ORDER BY sent DESC, warning DESC, number DESC"
# What was sent last, and what holds: the last message of each warning whose time is not over.
_FEED = f"""
identifier = ANY (ARRAY(
    (SELECT identifier FROM warning_message {_NEWEST} LIMIT {FEED})
     UNION ALL
    SELECT identifier
      FROM (SELECT warning, number, identifier FROM warning_message
             WHERE expires_at > $1 ORDER BY expires_at DESC LIMIT {HOLDING}) AS one
     WHERE NOT EXISTS (
        SELECT FROM warning_message AS later WHERE later.warning = one.warning AND later.number > one.number
     )
)) {_NEWEST}
"""
publish = _BODIES.add


async def of_warning(tx: Transaction, warning: UUID) -> list[Published]:
    """The messages of a warning, the oldest first."""
    return await _MESSAGES.every(tx, "warning = $1 ORDER BY number", warning)


async def feed(tx: Transaction) -> list[Published]:
    """The newest messages of all warnings, and all that hold."""
    return await _MESSAGES.every(tx, _FEED, tx.now)


async def one(tx: Transaction, warning: UUID, number: int) -> Kept | None:
    """A message with its bytes."""
    return await _BODIES.first(tx, "warning = $1 AND number = $2", warning, number)
