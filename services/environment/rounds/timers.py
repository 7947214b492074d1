"""What falls due by itself: plans that wait are made, and asked for where those that hold know of other floods; rounds
are complete that have nothing left to do."""

from services.environment.rounds import actions, planning
from services.kit.runtime import Runtime


async def make_plans(runtime: Runtime) -> None:
    """Makes them."""
    await planning.make_all(runtime)


async def ask_again(runtime: Runtime) -> None:
    """Asks for what failed while it floods, or for what a tick held up that was taken back."""
    async with runtime.transaction() as tx:
        await actions.ask_again(tx)


async def complete_rounds(runtime: Runtime) -> None:
    """Completes rounds of which only jobs are left that are over."""
    async with runtime.transaction() as tx:
        await actions.complete_rounds(tx)
