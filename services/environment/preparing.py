"""Makes environment ready when its process starts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.environment.air.table import table_of
from services.environment.criteria.profile import criteria_of
from services.environment.fleet.profile import fleet_of
from services.environment.observations import actions as observations
from services.environment.pumps.profile import pumps_of
from services.environment.registry.profile import profile_of
from services.environment.resources import Resources
from services.environment.signatures.signing import Signer
from services.kit.certificates import watch
from services.kit.database.masking import key_of
from services.kit.runtime import Runtime
from services.kit.signing import secret


@asynccontextmanager
async def prepare(runtime: Runtime) -> AsyncIterator[Resources]:
    """Reads the secrets, and makes room for readings. Errors: ValueError that names the setting that is wrong."""
    given = runtime.settings.device_secret.get_secret_value()
    device_secret = secret(given, "SMARTCITY_DEVICE_SECRET") if given else None
    given = runtime.settings.subscription_secret.get_secret_value()
    subscription_secret = secret(given, "SMARTCITY_SUBSCRIPTION_SECRET") if given else None
    if subscription_secret is not None:
        runtime.masking = key_of(subscription_secret, "environment 1\nrequests")
    key = runtime.settings.warning_key.get_secret_value()
    signer = Signer.load(key) if key else None
    if signer is not None:
        watch("smartcity-warnings", signer.ends)
    async with runtime.transaction() as tx:
        await observations.make_room(tx)
    profile_of(runtime.city)  # a mistake in its files shows now
    table_of(runtime.city)
    criteria_of(runtime.city)
    fleet_of(runtime.city)
    pumps_of(runtime.city)
    runtime.city.locate(0.0, 0.0)  # reads the polygons now rather than in the first request
    yield Resources(device_secret, signer, subscription_secret)
