"""What falls due by itself: payments expire. The rows say when."""

from observability.telemetry import span
from services.economy.payments import events, model, store
from services.kit.runtime import Runtime

_BATCH = 500


async def expire(runtime: Runtime) -> None:
    """Lets payments expire that nobody was shown a QRIS for, a batch a transaction."""
    while True:
        with span("payments expire"):
            async with runtime.transaction() as tx:
                found = [model.expire(payment, tx.now) for payment in await store.overdue(tx, _BATCH)]
                if found:
                    await store.expire(tx, found)
                for payment in found:
                    events.emit(tx, payment, events.expired(payment))
        if len(found) < _BATCH:
            return
