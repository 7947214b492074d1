"""Makes living ready when its process starts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.kit.runtime import Runtime
from services.living.facilities.profile import facilities_of


@asynccontextmanager
async def prepare(runtime: Runtime) -> AsyncIterator[None]:
    """Reads what is asked for at once. Raises CityError where the city's files are wrong."""
    facilities_of(runtime.city)  # a mistake in its files shows now
    runtime.city.locate(0.0, 0.0)  # reads the polygons now rather than in the first request
    yield None
