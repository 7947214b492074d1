"""What falls due by itself: something is made of new positions."""

from services.kit.runtime import Runtime
from services.living.progress import actions


async def follow(runtime: Runtime) -> None:
    """Follows vehicles on their lines."""
    await actions.follow(runtime)
