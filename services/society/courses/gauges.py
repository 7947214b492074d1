"""Since when the course should have been finished that is overdue the longest."""

from observability import semconv
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime
from services.society.courses import store
from services.society.terms.profile import of_begun


async def read(runtime: Runtime) -> Readings:
    """Reads it; 0 where none is overdue."""
    async with runtime.snapshot() as tx:
        ended = await store.first_end(tx)
        late = (tx.now - ended - of_begun(runtime.city).finish).total_seconds() if ended else 0.0
    return {semconv.COURSE_UNFINISHED_AGE: [(max(late, 0.0), {})]}


GAUGES = Gauges((semconv.COURSE_UNFINISHED_AGE,), read)
