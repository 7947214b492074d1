"""What falls due by itself: payments expire, what is in doubt is asked for. The rows say when."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any

import structlog

from observability.telemetry import span
from services.economy.payments import events, model, presenting, refund_store, refunds, store, suspense
from services.economy.payments import suspense_store as suspended
from services.kit.runtime import Runtime

_BATCH = 500
_AT_ONCE = 16
"""Questions to the acquirer at a time."""
_ROUNDS = 20
_log = structlog.get_logger()


async def expire(runtime: Runtime) -> None:
    """Lets payments expire that nobody was shown a QRIS for, a batch a transaction."""
    while True:
        with span("payments expire"):
            async with runtime.transaction() as tx:
                found = [model.expire(payment, tx.now) for payment in await store.overdue(tx, _BATCH)]
                if found:
                    await store.expire(tx, found)
                for payment in found:
                    events.tell(tx, payment, events.expired(payment))
        if len(found) < _BATCH:
            return


async def ask(runtime: Runtime) -> None:
    """Asks the acquirer for pending payments in doubt and those whose time is over; takes back what is not wanted."""
    for _ in range(_ROUNDS):
        async with runtime.transaction() as tx:
            doubtful = await store.to_ask(tx, _AT_ONCE)
            unwanted = await store.stale_qrs(tx, _AT_ONCE)
        await _all(
            [presenting.ask(runtime, payment) for payment in doubtful]
            + [presenting.take_back(runtime, payment) for payment in unwanted]
        )
        if max(len(doubtful), len(unwanted)) < _AT_ONCE:
            return


async def send(runtime: Runtime) -> None:
    """Asks the acquirer again for refunds and returns of which it has not told what became of them."""
    async with runtime.transaction() as tx:
        refunding = await refund_store.processing(tx, _AT_ONCE)
        returning = await suspended.returning(tx, _AT_ONCE)
    await _all([refunds.send(runtime, id_) for id_ in refunding])
    await _all([suspense.send_back(runtime, id_) for id_ in returning])


async def _all(work: Sequence[Awaitable[Any]]) -> None:
    """Does all of it at the same time; what fails is logged and tried again in a later round."""
    for outcome in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(outcome, Exception):
            _log.warning("what fell due cannot be handled now", error=repr(outcome), exc_info=outcome)
