"""Makes society ready when its process starts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.kit.database.masking import key_of
from services.kit.runtime import Runtime
from services.kit.signing import secret
from services.society.kinds.profile import participation_of
from services.society.registration.profile import office_of
from services.society.resources import Resources
from services.society.satisfaction.profile import surveys_of
from services.society.terms.profile import terms_of


@asynccontextmanager
async def prepare(runtime: Runtime) -> AsyncIterator[Resources]:
    """Reads the secret and the city's terms. Errors: ValueError that names what is wrong."""
    given = runtime.settings.resident_secret.get_secret_value()
    office_of(runtime.city)  # a mistake in its files shows now
    participation_of(runtime.city)
    terms_of(runtime.city)
    surveys_of(runtime.city)
    runtime.city.locate(0.0, 0.0)  # reads the polygons now rather than in the first request
    resident_secret = secret(given, "SMARTCITY_RESIDENT_SECRET") if given else None
    if resident_secret is not None:
        runtime.masking = key_of(resident_secret, "society 1\nrequests")
    yield Resources(resident_secret)
