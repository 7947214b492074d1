"""The link key: 128 bits that make whoever holds them the reporter of a case, without an account.

It is derived from the case's id with a secret of the city, so that a repeated request can be answered with it once more
although only its hash is stored.
"""

import base64
import hashlib
import hmac
import re
from uuid import UUID

_BYTES = 16
_NOBODY = bytes(32)


def derive(city_secret: bytes, complaint_id: UUID) -> str:
    """The link key of a case: 26 characters of base32 (RFC 4648, no padding)."""
    key = hmac.digest(city_secret, b"link:" + complaint_id.bytes, "sha256")[:_BYTES]
    return base64.b32encode(key).decode().rstrip("=")


def digest(link_key: str) -> bytes:
    """What is stored of a link key: the SHA-256 of its characters; case, spaces and hyphens do not count."""
    return hashlib.sha256(re.sub(r"[\s\-]", "", link_key).upper().encode()).digest()


def proves(link_key: str, stored: bytes | None) -> bool:
    """Whether this is the key of the stored hash; takes as long when there is none."""
    return hmac.compare_digest(digest(link_key), stored or _NOBODY) and stored is not None
