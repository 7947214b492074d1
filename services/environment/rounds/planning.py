"""Makes plans that wait: one after the other, each in a process of its own that can be killed."""

from time import monotonic

import structlog

from services.environment.rounds import actions, candidates, gathering
from services.environment.rounds.model import Failure, Plan, State
from services.environment.routing import checking, running
from services.environment.routing.model import planned
from services.kit.runtime import Runtime

TOLD_EVERY_S = 1.0
"""Between two words on how far a search is."""

_log = structlog.get_logger()


async def make_all(runtime: Runtime) -> None:
    """Makes all plans that wait. Whoever is cancelled leaves no process, and the plan to whoever comes next."""
    while True:
        async with runtime.transaction() as tx:
            begun = await actions.begin(tx)
        if begun is None:
            return
        if begun.state is State.PLANNING:
            await _make(runtime, begun)


async def _make(runtime: Runtime, begun: Plan) -> None:
    async with runtime.snapshot() as tx:
        day = await gathering.day_of(tx, begun)
        found = await gathering.gathered(tx, day) if day else []
    if day is None:
        await _fail(runtime, begun, Failure.DEPOT_GONE)
        return
    problem = candidates.problem(day, found)
    try:
        routes = await running.solve(problem, runtime.settings.round_seconds, _Teller(runtime, begun).tell)
    except running.BrokenError as error:
        _log.warning("rounds were not found", depot=begun.depot, day=str(begun.day), why=str(error))
        await _fail(runtime, begun, Failure(str(error)))
        return
    made = planned(problem, routes)
    wrong = checking.faults(problem, made)
    if wrong:
        _log.error("rounds that were found break rules", depot=begun.depot, day=str(begun.day), faults=wrong[:5])
        await _fail(runtime, begun, Failure.INVALID)
        return
    async with runtime.transaction() as tx:
        await actions.finish(tx, begun, day, found, made)


async def _fail(runtime: Runtime, begun: Plan, failure: Failure) -> None:
    async with runtime.transaction() as tx:
        await actions.fail(tx, begun, failure)


class _Teller:
    """Writes how far a search is, not too often."""

    def __init__(self, runtime: Runtime, begun: Plan) -> None:
        self._runtime, self._begun, self._told = runtime, begun, 0.0

    async def tell(self, percent: int) -> None:
        """Hears per cent."""
        if monotonic() - self._told < TOLD_EVERY_S:
            return
        self._told = monotonic()
        async with self._runtime.transaction() as tx:
            await actions.progress(tx, self._begun, percent)
