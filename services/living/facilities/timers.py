"""What falls due by itself: what a new edition of the city's profile says of facilities is entered."""

from services.kit.database.counters import Counters, fold
from services.kit.runtime import Runtime
from services.living.facilities import actions

COUNTERS = (Counters("facility_tally", ("kind",), ("facilities",)),)


async def enter_profile(runtime: Runtime) -> None:
    """Enters what is new or says something else."""
    async with runtime.transaction() as tx:
        await actions.enter_profile(tx)


async def fold_counters(runtime: Runtime) -> None:
    """Folds what has come since the last time."""
    await fold(runtime, *COUNTERS)
