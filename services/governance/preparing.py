"""Makes governance ready when its process starts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.governance.city_indicators.profile import measured
from services.governance.filing.hot import filing
from services.governance.keys.acting import MailKeys
from services.governance.keys.store import KeyStore
from services.governance.performance.formulas import terms_of
from services.governance.protocol.model import found_of
from services.governance.resources import Resources
from services.governance.whereabouts.hot import taking
from services.kit.database.masking import key_of
from services.kit.runtime import Runtime
from services.kit.signing import Signer, secret


@asynccontextmanager
async def prepare(runtime: Runtime) -> AsyncIterator[Resources]:
    """Opens the key store and reads keys and secret. Errors: ValueError that names the setting that is wrong."""
    settings = runtime.settings
    link_secret = secret(settings.link_secret.get_secret_value(), "SMARTCITY_LINK_SECRET")
    runtime.masking = key_of(link_secret, "governance 1\nrequests")
    mail_keys = MailKeys.load(settings.mail_keys.get_secret_value(), link_secret)
    signer = Signer.load(settings.receipt_key.get_secret_value())
    keys = await KeyStore.open(
        settings.keystore_url.get_secret_value(),
        settings.data_key.get_secret_value(),
        [key for key in settings.data_keys_old.get_secret_value().split(",") if key],
        settings.data_key_next.get_secret_value(),
    )
    terms_of(runtime.city)  # a mistake in its files shows now
    measured(runtime.city)
    found_of(runtime.city)  # says what is wrong with the protocol now rather than in the first call
    runtime.city.locate(0.0, 0.0)  # reads the polygons now rather than in the first request
    try:
        async with (
            filing(runtime, together=True) as filings,
            filing(runtime, together=False) as alone,
            taking(runtime) as positions,
        ):
            yield Resources(keys, signer, link_secret, mail_keys, filings, alone, positions)
    finally:
        await keys.close()
