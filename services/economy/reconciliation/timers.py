"""What falls due every night, in the bank's time: comparing its day with ours at 00:30."""

from datetime import date, timedelta

import structlog

from services.economy.providers.model import ProviderAwayError, ProviderRefusedError, ReportUnclearError
from services.economy.reconciliation import actions, model
from services.economy.resources import resources
from services.kit.runtime import Runtime

_DAY = timedelta(days=1)
_log = structlog.get_logger()


async def compare(runtime: Runtime) -> None:
    """Compares yesterday with the acquirer's report, once; after a pause also what was missed, and what is late.

    A day whose report is not to be had holds up none but the day after it, whose payments may stand in it.
    """
    provider = resources(runtime).provider
    if provider is None or not provider.reports:
        return
    async with runtime.transaction() as tx:
        await actions.begin(tx, provider)
        missed = await actions.missed(tx, provider)
    late: set[date] = set()
    for day in model.in_turn(missed, runtime.clock()):
        if day - _DAY in late:
            continue
        try:
            if await actions.reconcile(runtime, provider, day) is None:
                late.add(day)
        except (ProviderRefusedError, ReportUnclearError) as error:
            _log.warning("the acquirer's report of a day is not to be had", day=day.isoformat(), error=str(error))
            late.add(day)
        except ProviderAwayError as error:
            _log.warning("the acquirer's reports cannot be had now", day=day.isoformat(), error=str(error))
            return
