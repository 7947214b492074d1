"""What is open and what is late, by agency, for the city's dashboard. Drills do not count."""

from observability import semconv
from services.governance.overview import store
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime


async def read(runtime: Runtime) -> Readings:
    """Counts the complaints that are not closed; an agency of the city that has none reports 0."""
    async with runtime.snapshot() as tx:
        rows = {row["agency"]: row for row in await store.waiting(tx)}
    agencies = sorted({*rows, *runtime.city.agencies})
    counted = {agency: (row["open"], row["overdue"]) if (row := rows.get(agency)) else (0, 0) for agency in agencies}
    return {
        semconv.COMPLAINTS_OPEN: [(opened, {semconv.AGENCY: agency}) for agency, (opened, _) in counted.items()],
        semconv.COMPLAINTS_OVERDUE: [(late, {semconv.AGENCY: agency}) for agency, (_, late) in counted.items()],
    }


GAUGES = Gauges((semconv.COMPLAINTS_OPEN, semconv.COMPLAINTS_OVERDUE), read)
