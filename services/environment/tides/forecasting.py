"""Makes forecasts that are due: one after the other, each in a process of its own that can be killed."""

from uuid import UUID

import structlog

from services.environment.harmonics import running
from services.environment.tides import actions
from services.kit.runtime import Runtime

_MOST = 100
"""Rounds of one run; the next goes on."""

_log = structlog.get_logger()


async def make_all(runtime: Runtime) -> None:
    """Makes all forecasts that are due. Whoever is cancelled leaves no process, and the forecast to the next."""
    for _ in range(_MOST):
        async with runtime.statement() as tx:
            waiting = await actions.due(tx)
        for gauge in waiting:
            await _make(runtime, gauge)
        if not waiting:
            return


async def _make(runtime: Runtime, gauge: UUID) -> None:
    async with runtime.snapshot() as tx:
        made_of = await actions.material(tx, gauge)
    if made_of is None:
        async with runtime.transaction() as tx:
            await actions.rest(tx, gauge)
        return
    found = None
    if made_of.question is not None:
        try:
            found = await running.forecast(made_of.question)
        except running.BrokenError as error:
            _log.warning("the tide was not forecast", thing=str(gauge), why=str(error))
    async with runtime.transaction() as tx:
        await actions.keep(tx, made_of, found)
