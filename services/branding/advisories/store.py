"""SQL of advisories."""

from services.branding.advisories.model import Advisory, Origin
from services.kit.database import Transaction
from services.kit.database.table import Table

_ADVISORIES = Table(
    Advisory, "advisory", fixed=("origin", "source", "destination", "exercise", "by", "story", "created_at")
)  # fmt: skip
get, save = _ADVISORIES.get, _ADVISORIES.save
MOST, _BATCH = 200, 100


async def active(tx: Transaction) -> list[Advisory]:
    """Those that hold, the newest first."""
    tail = "state = 'active' AND (ends_at IS NULL OR ends_at > $1) ORDER BY id DESC LIMIT $2"
    return await _ADVISORIES.every(tx, tail, tx.now, MOST)


async def of_source(tx: Transaction, origin: Origin, source: str) -> Advisory | None:
    """The newest that came from there, over or not, locked."""
    tail = "origin = $1 AND source = $2 ORDER BY id DESC"
    return await _ADVISORIES.first(tx, tail, origin.value, source, lock=True)


async def over(tx: Transaction) -> list[Advisory]:
    """Those whose time is over, locked."""
    tail = "state = 'active' AND ends_at <= $1 ORDER BY ends_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED"
    return await _ADVISORIES.every(tx, tail, tx.now, _BATCH)
