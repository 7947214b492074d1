"""What falls due by itself: alerts whose time is over end."""

from services.kit.runtime import Runtime
from services.living.alerts import actions


async def expire(runtime: Runtime) -> None:
    """Ends them, some at a time."""
    more = 1
    while more:
        async with runtime.transaction() as tx:
            more = await actions.expire(tx)
