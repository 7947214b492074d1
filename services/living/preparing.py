"""Makes living ready when its process starts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.kit.runtime import Runtime
from services.kit.signing import secret
from services.living.alerts.profile import rules_of
from services.living.apart.keeping import kept
from services.living.facilities.profile import facilities_of
from services.living.fares.terms import terms_of
from services.living.feed_imports.access import importers
from services.living.following.telling import followed
from services.living.positions import actions as positions_kept
from services.living.reporting.hot import taking
from services.living.resources import Resources
from services.living.vehicles.profile import operators


@asynccontextmanager
async def prepare(runtime: Runtime) -> AsyncIterator[Resources]:
    """Reads the city's facilities, keeps the current timetable in a process apart, which it tells what is different
    at present, and takes positions in.

    Errors: ValueError that names the setting that is wrong.
    """
    given = runtime.settings.vehicle_secret.get_secret_value()
    vehicle_secret = secret(given, "SMARTCITY_VEHICLE_SECRET") if given else None
    facilities_of(runtime.city)  # a mistake in its files shows now
    terms_of(runtime.city)
    runtime.city.locate(0.0, 0.0)  # reads the polygons now rather than in the first request
    operators(runtime.city)
    importers(runtime.city)
    async with runtime.transaction() as tx:
        await positions_kept.make_room(tx)
    rules_of(runtime.city)
    async with kept(runtime) as keeper, followed(runtime, keeper), taking(runtime) as positions:
        yield Resources(keeper, positions, vehicle_secret)
