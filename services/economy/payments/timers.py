"""What falls due by itself: payments expire, and whose they were is forgotten. The rows say when."""

from observability.telemetry import span
from services.economy.payments import events, model, store
from services.economy.terms import terms_of
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


async def forget_buyers(runtime: Runtime) -> None:
    """Forgets who ordered what was paid for so long ago that nobody gives it back in office any more, and of what ended
    unpaid so long ago whose money was asked for.
    """
    keep = terms_of(runtime.city).buyers_kept
    for forget in (store.forget_buyers, store.forget_payers):
        more = True
        while more:
            async with runtime.transaction() as tx:
                more = await forget(tx, tx.now - keep, _BATCH)
