"""What falls due by itself: hand-offs that nobody acknowledged escalate."""

from services.governance.handoffs import actions, store
from services.kit import due
from services.kit.runtime import Runtime


async def escalate(runtime: Runtime) -> None:
    """Escalates those whose time has come."""
    await due.each(runtime, "hand-off", store.due, actions.escalate)
