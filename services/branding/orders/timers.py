"""What falls due by itself: holds end; who made orders and had tickets is forgotten."""

from datetime import timedelta

from services.branding.orders import actions, store
from services.branding.orders.deciding import COUNTED
from services.branding.orders.model import State
from services.branding.terms import days
from services.branding.terms.profile import of_sold
from services.branding.tickets import store as tickets
from services.kit.runtime import Runtime

AT_ONCE = 200
"""Orders that one transaction ends."""


async def expire(runtime: Runtime) -> None:
    """Frees seats whose hold is over."""
    more = True
    while more:
        async with runtime.transaction() as tx:
            found = await store.over(tx, tx.now, AT_ONCE)
            if found:
                await actions.end(tx, found, State.EXPIRED, "HOLD_EXPIRED")
            more = len(found) == AT_ONCE


async def forget_counted(runtime: Runtime) -> None:
    """Takes away by whom orders were counted that cost nothing."""
    more = True
    while more:
        async with runtime.transaction() as tx:
            more = await store.forget_counted(tx, tx.now - COUNTED)


async def forget(runtime: Runtime) -> None:
    """Takes away names and buyers of what is over for as long as the city's terms say."""
    kept = timedelta(days=of_sold(runtime.city).keep_days)
    for step in (store.forget, tickets.forget):
        more = True
        while more:
            async with runtime.transaction() as tx:
                zone = runtime.city.timezone
                day = tx.now.astimezone(zone).date() - kept
                more = await step(tx, day, days.begin(day, zone))
