"""What falls due by itself: days of tracks are made ahead and dropped by age."""

from services.kit.runtime import Runtime
from services.living.positions import actions


async def keep_days(runtime: Runtime) -> None:
    """Makes room, and drops what is past its age."""
    async with runtime.transaction() as tx:
        await actions.make_room(tx)
    async with runtime.transaction() as tx:
        await actions.drop_old(tx)
