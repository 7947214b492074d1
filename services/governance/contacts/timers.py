"""What falls due by itself: keys of contacts are wrapped anew after their wrapping key was changed, and contacts are
erased of cases that ended long ago.
"""

from datetime import timedelta

from services.governance.contacts import actions
from services.governance.resources import resources
from services.kit.runtime import Runtime

MOST = 100
"""Contacts that are erased in one transaction."""


async def tend(runtime: Runtime) -> None:
    """Makes the key store ready where it was away, and leaves nothing to a former wrapping key."""
    await resources(runtime).keys.tend()


async def erase(runtime: Runtime) -> None:
    """Erases the contacts, of reporters and supporters, that the city has kept long enough."""
    kept = timedelta(days=runtime.city.clocks.contact_days)
    erased = MOST
    while erased == MOST:
        async with runtime.transaction() as tx:
            erased = await actions.erase_outdated(tx, tx.now - kept, MOST)
