"""Seals small secrets (JWE, A256GCM), so that the database alone does not give them away."""

import hmac

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

_HEADER = {"alg": "dir", "enc": "A256GCM"}


def sealed(secret: str, key: bytes, purpose: str) -> str:
    """The secret, to be opened with the same key and purpose; nothing stays nothing."""
    return jwe.encrypt_compact(_HEADER, secret.encode(), _derived(key, purpose)) if secret else ""


def unsealed(text: str, key: bytes, purpose: str) -> str:
    """What was sealed; empty when it is nothing or of another key or purpose."""
    if not text:
        return ""
    try:
        found = jwe.decrypt_compact(text, _derived(key, purpose), algorithms=list(_HEADER.values()))
    except (JoseError, ValueError):
        return ""
    return (found.plaintext or b"").decode()


def _derived(key: bytes, purpose: str) -> OctKey:
    return OctKey.import_key(hmac.digest(key, purpose.encode(), "sha256"))
