"""How long the oldest plan waits that is not made yet, or failed while the one that holds knows of other floods."""

from datetime import datetime

from observability import semconv
from services.environment.rounds import gathering, model, store
from services.environment.rounds.model import State
from services.kit.database import Transaction
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime


async def read(runtime: Runtime) -> Readings:
    """Since it was asked for; 0 where none waits."""
    async with runtime.snapshot() as tx:
        asked = [at for at in (await store.longest_waiting(tx), await _failed(tx)) if at is not None]
        age = (tx.now - min(asked)).total_seconds() if asked else 0.0
    return {semconv.PLANNING_AGE: [(age, {})]}


async def _failed(tx: Transaction) -> datetime | None:
    """When the edition was asked for that failed the longest ago, of days whose trucks would go where it is flooded; it
    counts from the first, however often it was tried since.
    """
    plans = [one for one, flooded in await gathering.of_live(tx) if model.outdated(one, flooded)]
    held = [one for one in plans if one.state is State.PLANNED]
    first = [await store.first_after(tx, one.depot, one.day, one.edition) for one in held]
    return min((one.created_at for one in first if one is not None and one.state is State.FAILED), default=None)


GAUGES = Gauges((semconv.PLANNING_AGE,), read)
