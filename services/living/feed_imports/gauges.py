"""How many imports are not at an end, by state, and since when there was no word about the oldest of each.

What waits or runs is the platform's to go on with: `JobWithoutOwner` tells when nobody does, and a run ends by itself
after twenty minutes. What is checked waits for a second officer, and is dropped after a fortnight: nobody is woken.
"""

from observability import semconv
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime
from services.living.feed_imports import store
from services.living.feed_imports.model import OPEN


async def read(runtime: Runtime) -> Readings:
    """Reads them; 0 for a state that no import is in."""
    async with runtime.snapshot() as tx:
        found, now = await store.open_by_state(tx), tx.now
    counts = [(found[each].imports if each in found else 0, {semconv.STATE: each.value}) for each in OPEN]
    ages = [
        ((now - found[each].since).total_seconds() if each in found else 0.0, {semconv.STATE: each.value})
        for each in OPEN
    ]
    return {semconv.FEED_IMPORTS: counts, semconv.FEED_IMPORT_AGE: ages}


GAUGES = Gauges((semconv.FEED_IMPORTS, semconv.FEED_IMPORT_AGE), read)
