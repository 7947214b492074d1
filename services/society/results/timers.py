"""What falls due by itself: ballots that officers have had counted are counted."""

from services.kit.runtime import Runtime
from services.society.results import actions


async def count(runtime: Runtime) -> None:
    """Counts one; the next look counts the next."""
    async with runtime.transaction() as tx:
        await actions.count_next(tx)
