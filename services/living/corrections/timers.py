"""What falls due by itself: the counters of corrections are folded."""

from services.kit.database.counters import Counters, fold
from services.kit.runtime import Runtime

COUNTERS = (Counters("correction_tally", ("agency",), ("waiting",)),)


async def fold_counters(runtime: Runtime) -> None:
    """Folds what has come since the last time."""
    await fold(runtime, *COUNTERS)
