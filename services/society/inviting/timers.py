"""What falls due by itself: invitations end, and are forgotten, used or not."""

from services.kit.runtime import Runtime
from services.society.inviting import store


async def forget(runtime: Runtime) -> None:
    """Forgets those whose day is over, some at a time."""
    more = True
    while more:
        async with runtime.transaction() as tx:
            more = await store.forget(tx, tx.now.astimezone(runtime.city.timezone).date())
