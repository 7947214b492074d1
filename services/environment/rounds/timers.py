"""What falls due by itself: plans that wait are made, and those that failed are asked for again."""

from services.environment.rounds import actions, planning
from services.kit.runtime import Runtime


async def make_plans(runtime: Runtime) -> None:
    """Makes them."""
    await planning.make_all(runtime)


async def ask_again(runtime: Runtime) -> None:
    """Asks again for what failed while it floods."""
    async with runtime.transaction() as tx:
        await actions.ask_again(tx)
