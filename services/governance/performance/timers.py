"""What falls due by itself: what was kept of cases for long enough goes; the figures stay."""

from services.governance.performance import actions
from services.kit.runtime import Runtime


async def forget(runtime: Runtime) -> None:
    """Deletes what is past its time."""
    async with runtime.transaction() as tx:
        await actions.forget(tx)
