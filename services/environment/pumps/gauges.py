"""Pump stations that did not answer the last command that they were given."""

from datetime import timedelta

from observability import semconv
from services.environment.pumps import store
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime

LOOKED_BACK = timedelta(days=1)
"""A command is in the past then, and whether its station obeys today another has to show."""


async def read(runtime: Runtime) -> Readings:
    """Counts them; drills never count."""
    async with runtime.statement() as tx:
        count = await store.unanswered(tx, tx.now - LOOKED_BACK)
    return {semconv.PUMPS_UNANSWERED: [(count, {})]}


GAUGES = Gauges((semconv.PUMPS_UNANSWERED,), read)
