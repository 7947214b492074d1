"""Makes branding ready when its process starts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.branding.city_events.profile import events_of, terms_of
from services.branding.destinations.profile import destinations_of
from services.kit.runtime import Runtime


@asynccontextmanager
async def prepare(runtime: Runtime) -> AsyncIterator[None]:
    """Reads the city's events and destinations, so that a mistake in its files shows now. Errors: ValueError."""
    events_of(runtime.city)
    destinations_of(runtime.city)
    terms_of(runtime.city)
    runtime.city.locate(0.0, 0.0)  # reads the polygons now rather than in the first request
    yield None
