"""Makes branding ready when its process starts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.branding.city_events import profile as events
from services.branding.counting.hot import counting
from services.branding.day_trips.profile import trips_of
from services.branding.destinations import profile as destinations
from services.branding.keys.signing import TicketSigner
from services.branding.orders.hot import ordering
from services.branding.resources import Resources
from services.branding.terms import profile as tickets
from services.branding.waiting.hot import queueing
from services.kit.database.masking import key_of
from services.kit.runtime import Runtime
from services.kit.signing import Signer, secret


@asynccontextmanager
async def prepare(runtime: Runtime) -> AsyncIterator[Resources]:
    """Reads the city's events, destinations and terms, so that a mistake in its files shows now, and the tickets' keys.

    Errors: ValueError that names the setting that is wrong, CityError.
    """
    events.events_of(runtime.city)
    events.terms_of(runtime.city)
    destinations.destinations_of(runtime.city)
    trips_of(runtime.city)
    tickets.terms_of(runtime.city)
    runtime.city.locate(0.0, 0.0)  # reads the polygons now rather than in the first request
    settings = runtime.settings
    key, given = settings.ticket_key.get_secret_value(), settings.ticket_secret.get_secret_value()
    signer = Signer.load(key, "SMARTCITY_TICKET_KEY") if key else None
    sealing = secret(given, "SMARTCITY_TICKET_SECRET") if given else None
    if sealing is not None:
        runtime.masking = key_of(sealing, "branding 1\nrequests")
    made = Resources(TicketSigner.of(signer, settings.ticket_keys_old) if signer else None, sealing)
    async with ordering(runtime) as orders, queueing(runtime) as places, counting(runtime) as counts:
        made.orders, made.places, made.counts = orders, places, counts
        yield made
