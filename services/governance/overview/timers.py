"""What falls due by itself: the rows that counters are the sum of are folded."""

from services.kit.database.counters import Counters, fold
from services.kit.runtime import Runtime

COUNTERS = (
    Counters("activity", ("day", "area"), ("filed", "resolved")),
    Counters("punctuality", ("day", "agency"), ("resolved", "on_time", "rated", "stars")),
    Counters("workload", ("agency",), ("open", "late")),
)


async def fold_counters(runtime: Runtime) -> None:
    """Folds what has come since the last time."""
    await fold(runtime, *COUNTERS)
