"""What falls due by itself: reservations whose time is over end."""

from services.economy.ledger import actions, store
from services.kit.runtime import Runtime

_MOST = 500


async def expire(runtime: Runtime) -> None:
    """Ends the holds whose time is over, each in a transaction of its own."""
    async with runtime.snapshot() as tx:
        due = await store.due_holds(tx, tx.now, _MOST)
    for hold in due:
        async with runtime.transaction() as tx:
            await actions.expire(tx, hold)
