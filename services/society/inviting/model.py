"""An invitation, and its code. Pure.

The code is derived from what has ended with a secret of the city's, so that nobody else's can be guessed; only a digest
of it is kept, which tells neither the case nor the person.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import date
from enum import Enum

_LENGTH = 16


class Kind(Enum):
    """What has ended."""

    COMPLAINT = "complaint"
    PAYMENT = "payment"
    PERMIT = "permit"


@dataclass(frozen=True)
class Invitation:
    """One of them; its id is the digest of its code. ``request`` tells a repeat, once it was used."""

    id: bytes
    agency: str
    request: bytes
    until: date

    @property
    def is_used(self) -> bool:
        """Whether it was used."""
        return bool(self.request)


def token(secret: bytes, kind: Kind, reference: str) -> bytes:
    """What the code of something that has ended spells."""
    return hmac.digest(secret, f"invitation 1\n{kind.value}\n{reference}".encode(), "sha256")[:_LENGTH]


def code(token_: bytes) -> str:
    """The code: 26 characters of base32 (RFC 4648, lower case, no padding)."""
    return base64.b32encode(token_).decode().rstrip("=").lower()


def spelt(given: str) -> bytes | None:
    """What a code spells; None where it is none."""
    text = given.strip().upper()
    try:
        found = base64.b32decode(text + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError):
        return None
    return found if len(found) == _LENGTH else None


def digest(token_: bytes) -> bytes:
    """What is kept of it."""
    return hashlib.sha256(token_).digest()
