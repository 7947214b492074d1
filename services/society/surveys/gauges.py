"""For how long the survey is overdue that should have ended the longest ago."""

from observability import semconv
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime
from services.society.surveys import store


async def read(runtime: Runtime) -> Readings:
    """Reads it; 0 where none is overdue."""
    async with runtime.snapshot() as tx:
        since = await store.due_since(tx)
        age = max(0.0, (tx.now - since).total_seconds()) if since else 0.0
    return {semconv.SURVEY_OVERDUE_AGE: [(age, {})]}


GAUGES = Gauges((semconv.SURVEY_OVERDUE_AGE,), read)
