"""SQL of imports, and of the swaps that they and others led to."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table
from services.living.feed_imports.model import Finding, Import, State, Swap

IMPORTS = Table(
    Import, "feed_import", fixed=("source", "url", "agency", "brought_by", "created_at", "digest", "errors", "warnings",
                                  "infos", "stops", "routes", "trips", "stop_times", "first_day", "last_day", "feed",
                                  "publisher", "feed_version", "made_up"),
)  # fmt: skip
"""What is found in a feed is written by the process that reads it."""
SWAPS = Table(Swap, "feed_swap")
_FINDINGS = Table(Finding, "feed_import_finding")
_NEWEST: Keyset[Import] = Keyset({"id": UUID}, of=lambda one: (one.id,), descending=True)
_LATEST: Keyset[Swap] = Keyset({"id": UUID}, of=lambda one: (one.id,), descending=True)
_IN_ORDER: Keyset[Finding] = Keyset({"place": int}, of=lambda one: (one.place,))
get, save = IMPORTS.get, IMPORTS.save
add_swap = SWAPS.add

_PART = "INSERT INTO feed_import_part (import, part, content) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
_DIFFERS = "SELECT EXISTS (SELECT FROM feed_import_part WHERE import = $1 AND part = $2 AND content <> $3)"
_ERASE = "DELETE FROM feed_import_part WHERE import = $1"
_COUNT = """
SELECT (SELECT count(*) FROM feed_import WHERE state = 'waiting')
     + (SELECT count(*) FROM feed_import WHERE state = 'running')
     + (SELECT count(*) FROM feed_import WHERE state IN ('uploading', 'checked', 'failed') AND bytes > 0)
"""
_BY_STATE = """
SELECT state, count(*)::integer AS imports, min(updated_at) AS since FROM (
    (SELECT state, updated_at FROM feed_import WHERE state = 'waiting' ORDER BY id LIMIT 100)
    UNION ALL (SELECT state, updated_at FROM feed_import WHERE state = 'running' ORDER BY id LIMIT 100)
    UNION ALL (SELECT state, updated_at FROM feed_import WHERE state IN ('uploading', 'checked', 'failed')
                ORDER BY updated_at LIMIT 100)
) AS one GROUP BY state
"""
_PROGRESS = """
UPDATE feed_import SET step = $3, about = $4, percent = $5, updated_at = $6
 WHERE id = $1 AND run = $2 AND (step, about, percent) IS DISTINCT FROM ($3, $4, $5)
"""
_ALONE = "SELECT pg_try_advisory_xact_lock(hashtextextended('gtfs import', 0))"
_SWAP = """
UPDATE feed_current SET previous = NULL, feed = $1, since = $2 WHERE feed = $3
"""
_LEFT = "UPDATE feed SET left_at = $2 WHERE number = $1"
_BACK = "UPDATE feed SET left_at = NULL WHERE number = $1"


async def page(tx: Transaction, size: int, token: str) -> Page[Import]:
    """Imports, the newest first."""
    return await IMPORTS.page(tx, _NEWEST, size, token)


async def swaps(tx: Transaction, size: int, token: str) -> Page[Swap]:
    """Swaps, the newest first."""
    return await SWAPS.page(tx, _LATEST, size, token)


async def findings(tx: Transaction, one: UUID, severity: str, size: int, token: str) -> Page[Finding]:
    """What was found in the feed of an import, the worst first."""
    wanted = {"import": one, "severity": severity}
    return await _FINDINGS.page(tx, _IN_ORDER, size, token, **wanted)


async def open_ones(tx: Transaction) -> int:
    """How many imports are not at an end."""
    count: int = await tx.fetchval(_COUNT)
    return count


class Open(NamedTuple):
    """Imports of a state: how many, up to a hundred, and since when there was no word about one of them."""

    imports: int
    since: datetime


async def open_by_state(tx: Transaction) -> dict[State, Open]:
    """Those that are not at an end; a state that none is in is left out."""
    return {State(row["state"]): Open(row["imports"], row["since"]) for row in await tx.fetch(_BY_STATE)}


async def differs(tx: Transaction, one: UUID, part: int, content: bytes) -> bool:
    """Whether a part that is there holds something else."""
    found: bool = await tx.fetchval(_DIFFERS, one, part, content)
    return found


async def put(tx: Transaction, one: UUID, part: int, content: bytes) -> None:
    """Writes a part of an archive."""
    await tx.execute(_PART, one, part, content)


async def erase(tx: Transaction, one: UUID) -> None:
    """Erases the archive of an import."""
    await tx.execute(_ERASE, one)


async def next_one(tx: Transaction) -> Import | None:
    """The import that has waited for longest."""
    return await IMPORTS.first(tx, "state = 'waiting' ORDER BY id", lock=True)


async def running(tx: Transaction) -> Import | None:
    """An import that runs, or did when its process ended."""
    return await IMPORTS.first(tx, "state = 'running' ORDER BY id", lock=True)


async def forgotten(tx: Transaction, before: datetime) -> Import | None:
    """An import that nobody has said a word about since."""
    tail = "state IN ('uploading', 'checked', 'failed') AND updated_at < $1 ORDER BY updated_at"
    return await IMPORTS.first(tx, tail, before, lock=True)


async def tell(tx: Transaction, one: UUID, run: UUID, step: str, about: str, percent: int) -> None:
    """Writes how far a run is."""
    await tx.execute(_PROGRESS, one, run, step, about, percent, tx.now)


async def alone(tx: Transaction) -> bool:
    """Whether no import is being loaded; none begins before the transaction ends."""
    free: bool = await tx.fetchval(_ALONE)
    return free


async def swap(tx: Transaction, to: int, left: int) -> None:
    """Lets the feed before hold in the place of the one that does, which is not kept."""
    await tx.execute(_SWAP, to, tx.now, left)
    await tx.execute(_LEFT, left, tx.now)
    await tx.execute(_BACK, to)
