"""How near the city's silence is to speaking for it."""

from datetime import datetime, timedelta

from observability import semconv
from services.economy.permits import store
from services.economy.permits.model import SILENT
from services.kit.city import working_time
from services.kit.city.working_days import Calendar
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime

WARNED = timedelta(days=1)
"""So long before somebody should look, of the time that the city works: on a Sunday nobody does."""


def _late(calendar: Calendar, now: datetime, due: datetime) -> timedelta:
    """For how long it has been in its last day, at whose end silence speaks."""
    due = working_time.end_of_working_day(calendar, due)
    return WARNED - (working_time.between(calendar, now, due) if now < due else due - now)


async def read(runtime: Runtime) -> Readings:
    """For how long the most urgent application has been in its last working day; 0 where none is."""
    async with runtime.snapshot() as tx:
        due = await store.next_silence(tx, SILENT)
        late = _late(runtime.city.calendar, tx.now, due).total_seconds() if due else 0.0
    return {semconv.PERMIT_SILENCE_AGE: [(max(late, 0.0), {})]}


GAUGES = Gauges((semconv.PERMIT_SILENCE_AGE,), read)
