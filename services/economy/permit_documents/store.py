"""SQL of documents."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.economy.permit_documents.model import Document
from services.kit.database import Transaction
from services.kit.database.table import Table

_DOCUMENTS = Table(Document, "permit_document")
_ERASED = """
SELECT path FROM erased_permit_file
 WHERE (since, path) > (coalesce((SELECT since FROM erased_permit_file WHERE path = $1), '-infinity'), $1)
 ORDER BY since, path LIMIT $2
"""


async def add(tx: Transaction, one: Document) -> bool:
    """Records a photo; False where its id is taken."""
    return bool(await _DOCUMENTS.add_all(tx, [one]))


async def of(tx: Transaction, permit: UUID) -> list[Document]:
    """Those of a permit, the oldest first."""
    return await _DOCUMENTS.every(tx, "permit = $1 ORDER BY created_at, id", permit)


async def get(tx: Transaction, permit: UUID, id_: UUID) -> Document | None:
    """One of a permit's."""
    return await _DOCUMENTS.first(tx, "permit = $1 AND id = $2", permit, id_)


async def paths(tx: Transaction, ids: Sequence[UUID]) -> list[str]:
    """Where those of these ids lie, as far as there are any."""
    found = await tx.fetch("SELECT path FROM permit_document WHERE id = ANY($1::uuid[])", list(ids))
    return [row["path"] for row in found]


async def erase(tx: Transaction, permits: Sequence[UUID]) -> None:
    """Forgets all of some permits; their files are to go from the file store."""
    await tx.execute(
        """
        WITH gone AS (DELETE FROM permit_document WHERE permit = ANY($1::uuid[]) RETURNING path)
        INSERT INTO erased_permit_file (path, since) SELECT path, $2 FROM gone ON CONFLICT (path) DO NOTHING
        """,
        list(permits),
        tx.now,
    )


async def remove(tx: Transaction, permit: UUID, id_: UUID) -> bool:
    """Forgets one of a permit's; its file is to go. False where there is none."""
    tag = await tx.execute(
        """
        WITH gone AS (DELETE FROM permit_document WHERE permit = $1 AND id = $2 RETURNING path)
        INSERT INTO erased_permit_file (path, since) SELECT path, $3 FROM gone ON CONFLICT (path) DO NOTHING
        """,
        permit,
        id_,
        tx.now,
    )
    return tag == "INSERT 0 1"


async def erased_files(tx: Transaction, most: int, after: str) -> list[str]:
    """Files that are to go from the file store, the oldest first; those after one of them."""
    return [row["path"] for row in await tx.fetch(_ERASED, after, most)]


async def erased_since(tx: Transaction) -> datetime | None:
    """Since when the file is to go that stays the longest; None without one."""
    found: datetime | None = await tx.fetchval("SELECT since FROM erased_permit_file ORDER BY since LIMIT 1")
    return found


async def forget_files(tx: Transaction, paths: Sequence[str]) -> None:
    """These files are gone."""
    await tx.execute("DELETE FROM erased_permit_file WHERE path = ANY($1::text[])", list(paths))
