"""What falls due by itself: weeks are made ahead and dropped by age, hours are summed up when they have ended."""

from services.environment.observations import actions
from services.kit.runtime import Runtime


async def keep_weeks(runtime: Runtime) -> None:
    """Makes room for what is measured next, and drops what is past its age."""
    async with runtime.transaction() as tx:
        await actions.make_room(tx)
    async with runtime.transaction() as tx:
        await actions.drop_old(tx)


async def sum_up_hours(runtime: Runtime) -> None:
    """Sums up what has ended since, a few hundred hours a transaction."""
    while True:
        async with runtime.transaction() as tx:
            if not await actions.sum_up(tx):
                return
