"""What falls due by itself: advisories whose time is over end."""

from services.branding.advisories import actions
from services.kit.runtime import Runtime


async def expire(runtime: Runtime) -> None:
    """Ends them, some at a time."""
    more = 1
    while more:
        async with runtime.transaction() as tx:
            more = await actions.expire(tx)
