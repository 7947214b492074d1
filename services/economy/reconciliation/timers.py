"""What falls due every night, in the city's time: comparing the day with the bank at 00:30."""

from datetime import date, time, timedelta

import structlog

from services.economy.providers.model import Provider, ProviderAwayError, ProviderRefusedError
from services.economy.reconciliation import actions, store
from services.economy.resources import resources
from services.economy.settlement.model import due_day
from services.kit.runtime import Runtime

COMPARING_AT = time(0, 30)
DAYS_BACK = 7
"""How many days that were missed are compared later."""
_DAY = timedelta(days=1)

_log = structlog.get_logger()


async def compare(runtime: Runtime) -> None:
    """Compares yesterday with the acquirer's report, once; after a pause also what was missed, and what is late.

    A day whose report is not to be had holds up none but the day after it, whose payments may stand in it.
    """
    provider = resources(runtime).provider
    if provider is None:
        return
    late: set[date] = set()
    for day in await _missed(runtime, provider):
        if day - _DAY in late:
            continue
        try:
            if await actions.reconcile(runtime, provider, day) is None:
                late.add(day)
        except ProviderRefusedError as error:
            _log.warning("the acquirer refuses its report", day=day.isoformat(), error=str(error))
            late.add(day)
        except ProviderAwayError as error:
            _log.warning("the acquirer's report cannot be had now", day=day.isoformat(), error=str(error))
            return


async def _missed(runtime: Runtime, provider: Provider) -> list[date]:
    """Days that nobody has compared, the oldest first: none from before the first that was."""
    last = due_day(runtime.clock().astimezone(runtime.city.timezone), COMPARING_AT)
    async with runtime.snapshot() as tx:
        first = await store.first_day(tx, provider.name) or last
        since = max(first, last - _DAY * (DAYS_BACK - 1))
        done = await store.days(tx, provider.name, since)
    return [day for back in range((last - since).days, -1, -1) if (day := last - _DAY * back) not in done]
