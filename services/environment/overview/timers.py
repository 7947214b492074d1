"""What falls due by itself: the rows that counters are the sum of are folded."""

from services.kit.database.counters import Counters, fold
from services.kit.runtime import Runtime

COUNTERS = (
    Counters("completion", ("day", "area"), ("completed",)),
    Counters("backlog", ("span", "at"), ("live",)),
)


async def fold_counters(runtime: Runtime) -> None:
    """Folds what has come since the last time."""
    await fold(runtime, *COUNTERS)
