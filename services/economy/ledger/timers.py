"""What falls due by itself: the audit looks, and reservations whose time is over end."""

import time
from collections import Counter
from collections.abc import Iterable

from observability import metrics, semconv
from observability.telemetry import span
from services.economy.ledger import actions, audit, store
from services.kit.runtime import Runtime

_MOST = 500
_FRESH_S = 60.0
_faults: Counter[str] = Counter()
_looked_at = float("-inf")


async def look(runtime: Runtime) -> None:
    """Audits what is new; what it finds is an alarm."""
    global _faults, _looked_at
    with span("ledger audit"):
        found = await audit.look(runtime)
    _faults, _looked_at = Counter(reason for reason, _ in found), time.monotonic()


async def expire(runtime: Runtime) -> None:
    """Ends the holds whose time is over, each in a transaction of its own."""
    async with runtime.snapshot() as tx:
        due = await store.due_holds(tx, tx.now, _MOST)
    for hold in due:
        async with runtime.transaction() as tx:
            await actions.expire(tx, hold)


def _read() -> Iterable[tuple[float, metrics.Attributes]]:
    """Faults by reason, 0 when there is none; nothing from a process that does not audit (any more)."""
    if time.monotonic() - _looked_at > _FRESH_S:
        return []
    return [(count, {semconv.REASON: reason}) for reason, count in _faults.items()] or [(0, {})]


metrics.observe(*semconv.LEDGER_FAULTS, _read)
