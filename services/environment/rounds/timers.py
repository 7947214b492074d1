"""What falls due by itself: plans that wait are made."""

from services.environment.rounds import planning
from services.kit.runtime import Runtime


async def make_plans(runtime: Runtime) -> None:
    """Makes them."""
    await planning.make_all(runtime)
