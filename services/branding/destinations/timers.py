"""What falls due by itself: what a new edition of the city's profile says of destinations is entered."""

from services.branding.destinations import actions
from services.kit.runtime import Runtime


async def enter_profile(runtime: Runtime) -> None:
    """Enters what is new or says something else."""
    async with runtime.transaction() as tx:
        await actions.enter_profile(tx)
