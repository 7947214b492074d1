"""What falls due by itself: silence."""

from services.environment.watching import actions
from services.kit.runtime import Runtime


async def listen(runtime: Runtime) -> None:
    """Looks at rules of silence that are due, some hundred a transaction."""
    while True:
        async with runtime.transaction() as tx:
            if await actions.listen(tx) < actions.MOST_DUE:
                return
