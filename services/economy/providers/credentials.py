"""Who we are to the acquirer and who it is to us: identifiers, secret and keys, read once from the settings."""

import hmac
from dataclasses import dataclass, field
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from services.economy.providers.signature import Encoding
from services.economy.settings import EconomySettings


@dataclass(frozen=True)
class Credentials:
    """What both directions of SNAP need. ``partner_id`` is the acquirer's name when it calls us."""

    client_id: str
    partner_id: str
    channel_id: str
    secret: bytes = field(repr=False)
    private_key: RSAPrivateKey = field(repr=False)
    public_key: RSAPublicKey = field(repr=False)
    encoding: Encoding
    clock_skew: timedelta

    @property
    def token_secret(self) -> bytes:
        """Key of the tokens that we give the acquirer; made of the shared secret, so every process knows it."""
        return hmac.digest(self.secret, b"smartcity access token", "sha256")


def load(settings: EconomySettings) -> Credentials | None:
    """The credentials; None without an acquirer. Raises ValueError that names the setting that is wrong."""
    if not settings.snap_url:
        return None
    for name, value in (
        ("SMARTCITY_SNAP_CLIENT_ID", settings.snap_client_id),
        ("SMARTCITY_SNAP_PARTNER_ID", settings.snap_partner_id),
        ("SMARTCITY_SNAP_CLIENT_SECRET", settings.snap_client_secret.get_secret_value()),
    ):
        if not value:
            raise ValueError(f"SMARTCITY_SNAP_URL needs {name} as well; the acquirer gives it")
    return Credentials(
        client_id=settings.snap_client_id,
        partner_id=settings.snap_partner_id,
        channel_id=settings.snap_channel_id,
        secret=settings.snap_client_secret.get_secret_value().encode(),
        private_key=_private(settings.snap_private_key.get_secret_value()),
        public_key=_public(settings.snap_public_key),
        encoding=settings.snap_signature_encoding,
        clock_skew=timedelta(seconds=settings.snap_clock_skew_seconds),
    )


def _private(pem: str) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("SMARTCITY_SNAP_PRIVATE_KEY must be our RSA private key as PEM, without a password") from None
    return key


def _public(pem: str) -> RSAPublicKey:
    try:
        key = load_pem_public_key(pem.encode())
    except ValueError:
        key = None
    if not isinstance(key, RSAPublicKey):
        raise ValueError("SMARTCITY_SNAP_PUBLIC_KEY must be the acquirer's RSA public key as PEM") from None
    return key
