"""Makes living ready when its process starts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.kit.runtime import Runtime
from services.living.apart.keeping import kept
from services.living.facilities.profile import facilities_of
from services.living.resources import Resources


@asynccontextmanager
async def prepare(runtime: Runtime) -> AsyncIterator[Resources]:
    """Reads the city's facilities, and keeps the current timetable in a process apart. Errors: ValueError."""
    facilities_of(runtime.city)  # a mistake in its files shows now
    runtime.city.locate(0.0, 0.0)  # reads the polygons now rather than in the first request
    async with kept(runtime) as keeper:
        yield Resources(keeper)
