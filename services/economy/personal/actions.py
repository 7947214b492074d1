"""What ends when somebody has erased what is kept of them, so that it can go: what was for nobody but them."""

from services.economy.merchants import actions as merchants
from services.economy.permitting import actions as permitting
from services.economy.personal import store
from services.kit.database import Transaction
from services.kit.personal import Kind


async def look(tx: Transaction, subject: str, *, erase: bool) -> list[Kind]:
    """What there is; erased if asked. Drafts of permits end before, and businesses that were never taken on."""
    if erase and subject:
        await permitting.abandon(tx, subject, store.MOST)
        await merchants.abandon(tx, subject, store.MOST)
    return await store.look(tx, subject, erase=erase)
