"""What falls due by itself: the audit looks."""

import time
from collections import Counter
from collections.abc import Iterable

from observability import metrics, semconv
from observability.telemetry import span
from services.economy.audit import actions
from services.kit.runtime import Runtime

_FRESH_S = 60.0
_faults: Counter[str] = Counter()
_looked_at = float("-inf")


async def look(runtime: Runtime) -> None:
    """Audits what is new; what it finds is an alarm."""
    global _faults, _looked_at
    with span("ledger audit"):
        found = await actions.look(runtime)
    _faults, _looked_at = Counter(reason for reason, _ in found), time.monotonic()


def _read() -> Iterable[tuple[float, metrics.Attributes]]:
    """Faults by reason, 0 when there is none; nothing from a process that does not audit (any more)."""
    if time.monotonic() - _looked_at > _FRESH_S:
        return []
    return [(count, {semconv.REASON: reason}) for reason, count in _faults.items()] or [(0, {})]


metrics.observe(*semconv.LEDGER_FAULTS, _read)
