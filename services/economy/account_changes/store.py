"""SQL of changes of accounts."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.economy.account_changes.model import AccountChange, State
from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table

_CHANGES = Table(
    AccountChange,
    "account_change",
    fixed=("merchant", "bank", "bank_number", "former_bank", "former_number", "created_at"),
)
_NEWEST: Keyset[AccountChange] = Keyset(
    {"created_at": datetime, "id": UUID}, of=lambda one: (one.created_at, one.id), descending=True
)
by_id, save = _CHANGES.get, _CHANGES.save


async def waiting(tx: Transaction, merchant: UUID) -> AccountChange | None:
    """The change of a merchant that waits."""
    return await _CHANGES.first(tx, "merchant = $1 AND state = 'requested'", merchant)


async def approved(tx: Transaction, merchants: Sequence[UUID]) -> list[AccountChange]:
    """Changes of some merchants that were let hold, the oldest first."""
    return await _CHANGES.every(tx, "merchant = ANY($1) AND state = 'approved' ORDER BY updated_at", merchants)


async def page(
    tx: Transaction, merchant: UUID | None, states: Sequence[State], size: int, token: str
) -> Page[AccountChange]:
    """Changes in these states, of a merchant (None: of all), newest first. Errors: PAGE_SIZE_INVALID,
    PAGE_TOKEN_INVALID.
    """
    return await _CHANGES.page(tx, _NEWEST, size, token, merchant=merchant, state=states)


async def touch_waiting_batches(tx: Transaction, merchant: UUID) -> None:
    """Makes the batches of a merchant that wait to be paid out those of another version: who saw where they were to go
    looks again before they confirm.
    """
    await tx.execute("UPDATE batch SET version = version + 1 WHERE merchant = $1 AND state = 'closed'", merchant)
