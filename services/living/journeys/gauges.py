"""Whether the timetable that holds is the one that journeys are searched in, and what its process takes."""

from observability import semconv
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime
from services.living.apart.running import resident_bytes
from services.living.resources import resources


async def read(runtime: Runtime) -> Readings:
    """Reads them of this process."""
    keeper = resources(runtime).keeper
    memory = resident_bytes(keeper.process.pid) if keeper.process else 0
    return {semconv.PLANNER_BEHIND: [(keeper.behind_s, {})], semconv.PLANNER_MEMORY: [(memory, {})]}


GAUGES = Gauges((semconv.PLANNER_BEHIND, semconv.PLANNER_MEMORY), read)
