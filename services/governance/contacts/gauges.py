"""Whether contacts can be read and given: for how long their keys' store has not answered this process."""

from observability import semconv
from services.governance.resources import resources
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime


async def read(runtime: Runtime) -> Readings:
    """Asks it."""
    return {semconv.KEYSTORE_AWAY: [(await resources(runtime).keys.reach.away(), {})]}


GAUGES = Gauges((semconv.KEYSTORE_AWAY,), read)
