"""What governance holds beside its database: the key store of contacts, the seals' key, the secret of link keys."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from services.governance.keys import link
from services.governance.keys.store import KeyStore
from services.kit.context import Context
from services.kit.runtime import Runtime
from services.kit.signing import Signer


@dataclass(frozen=True)
class Resources:
    """Opened once when the process starts; `Runtime.extra` of governance."""

    keys: KeyStore
    signer: Signer
    link_secret: bytes
    """Link keys of cases are derived from it."""


@asynccontextmanager
async def prepare(runtime: Runtime) -> AsyncIterator[Resources]:
    """Opens the key store and reads keys and secret. Errors: ValueError that names the setting that is wrong."""
    settings = runtime.settings
    link_secret = link.secret(settings.link_secret.get_secret_value())
    signer = Signer.load(settings.receipt_key.get_secret_value())
    keys = await KeyStore.open(
        settings.keystore_url.get_secret_value(),
        settings.data_key.get_secret_value(),
        [key for key in settings.data_keys_old.get_secret_value().split(",") if key],
    )
    runtime.city.locate(0.0, 0.0)  # reads the polygons now rather than in the first request
    try:
        yield Resources(keys, signer, link_secret)
    finally:
        await keys.close()


def resources(runtime: Context) -> Resources:
    """The resources of a runtime that `prepare` made."""
    extra = runtime.extra
    assert isinstance(extra, Resources)
    return extra
