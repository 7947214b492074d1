"""What falls due by itself: the rows of old feeds go."""

from services.kit.runtime import Runtime
from services.living.feeds import actions


async def clear(runtime: Runtime) -> None:
    """Takes away the rows of a feed that is neither current nor the one before; one at a time."""
    await actions.clear(runtime)
