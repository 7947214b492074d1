"""SQL of callers and of the reads that were made of them."""

from collections.abc import Collection
from uuid import UUID

from services.governance.callers.model import Read
from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table

_READS = Table(Read, "emergency_caller_read")
_NEWEST: Keyset[Read] = Keyset({"id": UUID}, of=lambda one: (one.id,), descending=True)
add_read = _READS.add


async def add(tx: Transaction, call: UUID, ciphertext: bytes) -> None:
    """Keeps who called, sealed."""
    await tx.execute(
        "INSERT INTO emergency_caller (call, ciphertext, created_at) VALUES ($1, $2, $3)", call, ciphertext, tx.now
    )


async def sealed(tx: Transaction, call: UUID) -> bytes | None:
    """What is kept of who called."""
    found: bytes | None = await tx.fetchval("SELECT ciphertext FROM emergency_caller WHERE call = $1", call)
    return found


async def drop(tx: Transaction, calls: Collection[UUID]) -> None:
    """Takes it away."""
    await tx.execute("DELETE FROM emergency_caller WHERE call = ANY($1)", list(calls))


async def reads(tx: Transaction, call: UUID, size: int, token: str) -> Page[Read]:
    """Who read who called, the newest first."""
    return await _READS.page(tx, _NEWEST, size, token, call=call)
