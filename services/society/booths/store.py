"""SQL of what is counted in booths."""

from uuid import UUID

from services.kit.database import Transaction
from services.kit.database.table import Table
from services.society.booths.model import Count

_COUNTS = Table(Count, "booth_count", fixed=("ballot", "booth", "counted_by"))
save = _COUNTS.save


async def of_ballot(tx: Transaction, ballot: UUID) -> list[Count]:
    """All of a ballot."""
    return await _COUNTS.every(tx, "ballot = $1 ORDER BY booth, id", ballot)


async def burn(tx: Transaction, ballot: UUID) -> None:
    """What they hold is destroyed, and what it could be tried out by: a booth may be of few people."""
    await tx.execute("UPDATE booth_count SET sealed = '', digest = '' WHERE ballot = $1", ballot)


async def forget(tx: Transaction) -> None:
    """The same of what a process of the version before has left: it destroyed what counts held alone."""
    await tx.execute("UPDATE booth_count SET digest = '' WHERE sealed = '' AND digest <> ''")
