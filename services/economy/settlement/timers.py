"""What falls due every night, in the city's time: closing the day at 00:10, comparing it with the bank at 00:30."""

from datetime import date, time, timedelta

import structlog

from services.economy.providers.model import ProviderAwayError, ProviderRefusedError
from services.economy.resources import resources
from services.economy.settlement import closing, difference_store, model, reconciling, store
from services.kit.runtime import Runtime

CLOSING_AT = time(0, 10)
COMPARING_AT = time(0, 30)
DAYS_BACK = 7
"""How many days that were missed are compared later."""

_log = structlog.get_logger()


async def close(runtime: Runtime) -> None:
    """Closes yesterday for all merchants, once; after a pause also what was missed."""
    day = _due(runtime, CLOSING_AT)
    async with runtime.snapshot() as tx:
        closed = await store.is_closed(tx, day)
    if not closed:
        done = await closing.close_day(runtime, day, model.end_of(day, runtime.city.timezone))
        async with runtime.transaction() as tx:
            await store.mark_closed(tx, day)
        _log.info("day closed", day=day.isoformat(), batches=done.batches)
    await closing.tell_rest(runtime)


async def compare(runtime: Runtime) -> None:
    """Compares yesterday with the acquirer's report, once; after a pause also what was missed."""
    provider = resources(runtime).provider
    if provider is None:
        return
    day = _due(runtime, COMPARING_AT)
    async with runtime.snapshot() as tx:
        last = await difference_store.last_day(tx, provider.name)
    first = max(last + timedelta(days=1), day - timedelta(days=DAYS_BACK - 1)) if last else day
    while first <= day:
        try:
            found = await reconciling.reconcile(runtime, provider, first)
        except (ProviderAwayError, ProviderRefusedError) as error:
            _log.warning("the acquirer's report cannot be had now", day=first.isoformat(), error=str(error))
            return
        if found is None:
            return  # there is none yet
        first += timedelta(days=1)


def _due(runtime: Runtime, at: time) -> date:
    """The last day whose hour has come: yesterday, or before that hour the day before."""
    now = runtime.clock().astimezone(runtime.city.timezone)
    return now.date() - timedelta(days=1 if now.time() >= at else 2)
