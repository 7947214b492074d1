"""For how long the timetable that holds has days of service yet: nothing where there is none."""

from datetime import UTC, datetime, time, timedelta

from observability import semconv
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime
from services.living.feeds import store


async def read(runtime: Runtime) -> Readings:
    """Until the end of its last day, in the city's time; below 0 when that is over."""
    async with runtime.snapshot() as tx:
        current = await store.current(tx)
        now = tx.now
    if current is None or current.feed.last_day is None:
        return {semconv.TIMETABLE_LEFT: []}
    over = datetime.combine(current.feed.last_day + timedelta(days=1), time(), runtime.city.timezone).astimezone(UTC)
    return {semconv.TIMETABLE_LEFT: [((over - now).total_seconds(), {})]}


GAUGES = Gauges((semconv.TIMETABLE_LEFT,), read)
