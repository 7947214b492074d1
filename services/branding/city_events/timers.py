"""What falls due by itself: the profile's events are entered, dates are over, more dates of rules are planned, and
drafts that were dropped go.
"""

from services.branding.city_events import actions, leaving
from services.kit.runtime import Runtime


async def enter_profile(runtime: Runtime) -> None:
    """Enters what is new or says something else."""
    async with runtime.transaction() as tx:
        await actions.enter_profile(tx)


async def go_on(runtime: Runtime) -> None:
    """Lets events whose date is over know their next, some at a time."""
    more = 1
    while more:
        async with runtime.transaction() as tx:
            more = await actions.go_on(tx)


async def plan_further(runtime: Runtime) -> None:
    """Plans dates of rules further, some at a time."""
    more = 1
    while more:
        async with runtime.transaction() as tx:
            more = await actions.plan_further(tx)


async def forget(runtime: Runtime) -> None:
    """Erases drafts that were dropped long ago, some at a time."""
    more = True
    while more:
        async with runtime.transaction() as tx:
            more = await leaving.forget(tx)
