"""What falls due every night, in the city's time: comparing the day with the bank at 00:30."""

from datetime import time, timedelta

import structlog

from services.economy.providers.model import ProviderAwayError, ProviderRefusedError
from services.economy.reconciliation import actions, store
from services.economy.resources import resources
from services.economy.settlement.model import due_day
from services.kit.runtime import Runtime

COMPARING_AT = time(0, 30)
DAYS_BACK = 7
"""How many days that were missed are compared later."""

_log = structlog.get_logger()


async def compare(runtime: Runtime) -> None:
    """Compares yesterday with the acquirer's report, once; after a pause also what was missed."""
    provider = resources(runtime).provider
    if provider is None:
        return
    day = due_day(runtime.clock().astimezone(runtime.city.timezone), COMPARING_AT)
    async with runtime.snapshot() as tx:
        last = await store.last_day(tx, provider.name)
    first = max(last + timedelta(days=1), day - timedelta(days=DAYS_BACK - 1)) if last else day
    while first <= day:
        try:
            found = await actions.reconcile(runtime, provider, first)
        except (ProviderAwayError, ProviderRefusedError) as error:
            _log.warning("the acquirer's report cannot be had now", day=first.isoformat(), error=str(error))
            return
        if found is None:
            return  # there is none yet
        first += timedelta(days=1)
