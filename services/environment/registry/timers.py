"""What falls due by itself: what a new edition of the city's profile names is entered."""

from services.environment.registry import actions
from services.kit.runtime import Runtime


async def enter_profile(runtime: Runtime) -> None:
    """Enters what is new."""
    async with runtime.transaction() as tx:
        await actions.enter_profile(tx)
