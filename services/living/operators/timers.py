"""What falls due by itself: operators' feeds are read every fifteen seconds, where there are any."""

from services.kit.runtime import Runtime
from services.living.operators import actions


async def read(runtime: Runtime) -> None:
    """Reads them, and forgets those that are to be read no more."""
    await actions.read_all(runtime, runtime.settings.operators)
