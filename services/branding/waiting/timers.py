"""What falls due by itself: turns come; places that had theirs are forgotten."""

from datetime import timedelta

from services.branding.terms.profile import of_sold
from services.branding.waiting import actions, store
from services.kit.runtime import Runtime


async def serve(runtime: Runtime) -> None:
    """Lets all who wait have their turn, some in a commit: whoever else wants something comes in between."""
    served = 1
    while served:
        async with runtime.transaction() as tx:
            served = await actions.next_turn(tx)


async def forget(runtime: Runtime) -> None:
    """Takes away places that had their turn long ago."""
    kept = timedelta(days=of_sold(runtime.city).keep_days)
    more = True
    while more:
        async with runtime.transaction() as tx:
            more = await store.forget(tx, (tx.now - kept).date())
