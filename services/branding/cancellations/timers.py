"""What falls due by itself: orders of what does not take place end, and tickets are taken back, some at a time."""

from services.branding.cancellations import actions
from services.kit.runtime import Runtime


async def take_back(runtime: Runtime) -> None:
    """Takes back what is left, a transaction for some: sales and gates go on meanwhile."""
    more = True
    while more:
        async with runtime.transaction() as tx:
            more = await actions.take_back(tx)
