"""What falls due by itself: sums of sales are folded."""

from services.branding.settlements.store import COUNTERS
from services.kit.database.counters import fold
from services.kit.runtime import Runtime


async def fold_counters(runtime: Runtime) -> None:
    """Folds what has come since the last time."""
    await fold(runtime, *COUNTERS)
