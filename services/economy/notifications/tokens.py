"""The tokens that we give the acquirer: signed, short-lived, kept nowhere, so that every process knows every token."""

from datetime import datetime

from joserfc import jwt
from joserfc.jwk import OctKey

from services.economy.providers.credentials import Credentials
from services.kit.signing import opened

SECONDS = 900
"""SNAP's lifetime of a B2B token."""
_AUDIENCE = "snap"
_ALGORITHM = "HS256"


def issue(acquirer: Credentials, now: datetime) -> str:
    """A new token for the acquirer."""
    begun = int(now.timestamp())
    claims = {"aud": _AUDIENCE, "sub": acquirer.partner_id, "iat": begun, "exp": begun + SECONDS}
    return jwt.encode({"alg": _ALGORITHM}, claims, OctKey.import_key(acquirer.token_secret), algorithms=[_ALGORITHM])


def holds(token: str, acquirer: Credentials, now: datetime) -> bool:
    """Whether we gave the acquirer this token less than 900 seconds ago."""
    try:
        decoded = opened(token, OctKey.import_key(acquirer.token_secret), [_ALGORITHM])
    except ValueError:
        return False
    claims, seconds = decoded.claims, now.timestamp()
    return (
        claims.get("aud") == _AUDIENCE
        and claims.get("sub") == acquirer.partner_id
        and claims["iat"] - 1 <= seconds < claims["exp"]
    )
