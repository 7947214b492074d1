"""What falls due by itself: what could not be given back is asked for again."""

from services.economy.returns import actions, store
from services.kit import due
from services.kit.runtime import Runtime


async def ask_again(runtime: Runtime) -> None:
    """Asks once more for all whose pause is over."""
    await due.each(runtime, "return", store.due, actions.ask_again)
