"""How long ago nowcasts were read: nothing where none are."""

from observability import semconv
from services.environment.nowcasts import store
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime


async def read(runtime: Runtime) -> Readings:
    """Since the feed was last read, or first tried where it never was."""
    if not runtime.settings.nowcast_url:
        return {semconv.NOWCAST_AGE: []}
    async with runtime.statement() as tx:
        feed = await store.feed(tx)
        age = (tx.now - (feed.read_at or feed.since)).total_seconds() if feed else 0.0
    return {semconv.NOWCAST_AGE: [(age, {})]}


GAUGES = Gauges((semconv.NOWCAST_AGE,), read)
