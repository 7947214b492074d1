"""What falls due by itself: keys of contacts are wrapped anew after their wrapping key was changed."""

from services.governance.resources import resources
from services.kit.runtime import Runtime


async def tend(runtime: Runtime) -> None:
    """Makes the key store ready where it was away, and leaves nothing to a former wrapping key."""
    await resources(runtime).keys.tend()
