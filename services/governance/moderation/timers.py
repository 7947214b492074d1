"""What falls due by itself: what everybody could read of cases of private categories is hidden.

Filing and correcting hide such a case at once. These are the others: those that were corrected before the row said so,
and those whose category the city has made private since.
"""

from services.governance.moderation import actions, store
from services.kit import due as falling
from services.kit.runtime import Runtime


async def hide(runtime: Runtime) -> None:
    """Hides them, whatever state they are in."""
    await falling.each(runtime, "exposed case", store.exposed, actions.hide)
