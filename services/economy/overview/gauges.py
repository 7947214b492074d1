"""Money that belongs to nothing known yet: how many payments, by reason, and for how long. Drills do not count.

And which of the city's own accounts are frozen: nothing moves over them.
"""

from observability import semconv
from services.economy.ledger.model import CITY_KINDS, city_account
from services.economy.overview import store
from services.economy.suspense.model import Reason
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime


async def read(runtime: Runtime) -> Readings:
    """Counts what is in suspense, and looks at the city's accounts; a reason or kind without any reports 0."""
    currency = runtime.city.currency
    async with runtime.snapshot() as tx:
        items = {row["reason"]: row["items"] for row in await store.suspended(tx)}
        age = await store.longest(tx)
        frozen = await store.frozen(tx, [city_account(kind, currency) for kind in CITY_KINDS])
    counted = [(items.get(one.value, 0), one.value) for one in Reason]
    return {
        semconv.SUSPENSE_OPEN: [(count, {semconv.REASON: reason}) for count, reason in counted],
        semconv.SUSPENSE_AGE: [(age, {})],
        semconv.LEDGER_FROZEN: [(kind in frozen, {semconv.ACCOUNT_KIND: kind}) for kind in CITY_KINDS],
    }


GAUGES = Gauges((semconv.SUSPENSE_OPEN, semconv.SUSPENSE_AGE, semconv.LEDGER_FROZEN), read)
