"""Since when the course should have been finished that is overdue the longest."""

from observability import semconv
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime
from services.society.courses import store
from services.society.terms.profile import terms_of


async def read(runtime: Runtime) -> Readings:
    """Reads it; 0 where none is overdue."""
    known = terms_of(runtime.city)
    async with runtime.snapshot() as tx:
        ended = await store.first_end(tx) if known else None
        late = (tx.now - ended - known.finish).total_seconds() if known and ended else 0.0
    return {semconv.COURSE_UNFINISHED_AGE: [(max(late, 0.0), {})]}


GAUGES = Gauges((semconv.COURSE_UNFINISHED_AGE,), read)
