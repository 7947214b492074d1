"""Writing the journal, and reading it."""

from uuid import UUID

from services.governance.journal import store
from services.governance.journal.model import Entry, What
from services.kit.database import Transaction, paging

_ROLES = ("dispatcher", "crew", "admin")


async def note(
    tx: Transaction, what: What, incident: UUID | None = None, unit: str = "", text: str = "", *, exercise: bool = False
) -> None:
    """Adds a line about what the caller did. It says their role and nothing else of them."""
    by = next((role for role in _ROLES if tx.caller.has(role)), "system")
    await store.add(tx, incident, unit, what, text, by, exercise=exercise)


async def after(tx: Transaction, number: int, size: int) -> tuple[list[Entry], int]:
    """Lines after a number, and the newest number of all. Errors: PAGE_SIZE_INVALID."""
    return await store.after(tx, number, paging.page_size(size)), await store.last(tx)
