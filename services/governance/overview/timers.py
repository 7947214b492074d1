"""What falls due by itself: the rows that counters are the sum of are folded."""

from services.governance.overview.store import ACTIVITY, PUNCTUALITY, WORKLOAD
from services.kit.database.counters import fold
from services.kit.runtime import Runtime

COUNTERS = (ACTIVITY, PUNCTUALITY, WORKLOAD)


async def fold_counters(runtime: Runtime) -> None:
    """Folds what has come since the last time."""
    await fold(runtime, *COUNTERS)
