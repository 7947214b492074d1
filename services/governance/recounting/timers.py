"""What falls due by itself: what the operator asked for."""

from services.governance.recounting import actions, store
from services.kit import due as falling
from services.kit.runtime import Runtime


async def due(runtime: Runtime) -> None:
    """Counts again what was asked for."""
    if await store.anything_asked(runtime):
        await falling.each(runtime, "recount", store.waiting, actions.recount)
