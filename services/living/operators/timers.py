"""What falls due by itself: operators' feeds are read every fifteen seconds, and alerts of theirs go after a while."""

from services.kit.runtime import Runtime
from services.living.operators import actions


async def read(runtime: Runtime) -> None:
    """Reads them, and forgets those that are to be read no more."""
    await actions.read_all(runtime, runtime.settings.operators)


async def prune(runtime: Runtime) -> None:
    """Drops alerts of theirs that ended long ago."""
    await actions.prune(runtime)
