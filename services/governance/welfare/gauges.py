"""What somebody must act on at the emergency number. Drills do not count."""

from observability import semconv
from services.governance.handoffs import store as handoffs
from services.governance.incidents import store as incidents
from services.governance.units import store as units
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime


async def read(runtime: Runtime) -> Readings:
    """Counts them."""
    async with runtime.snapshot() as tx:
        return {
            semconv.INCIDENTS_OPEN: [(await incidents.count_open(tx), {})],
            semconv.INCIDENTS_UNATTENDED: [(await incidents.count_late(tx, tx.now), {})],
            semconv.UNITS_SILENT: [(await units.silent(tx), {})],
            semconv.HAND_OFFS_OVERDUE: [(await handoffs.overdue(tx), {})],
        }


GAUGES = Gauges(
    (semconv.INCIDENTS_OPEN, semconv.INCIDENTS_UNATTENDED, semconv.UNITS_SILENT, semconv.HAND_OFFS_OVERDUE), read
)
