"""The signed tokens of mails: in links, and in the address that bounces come back to.

A token names whose contact it is and what it is for; nothing of it is stored. It is made of letters and digits of one
case, so that it survives mail servers that write local parts in lower case.
"""

import base64
import binascii
import hmac
from enum import StrEnum
from uuid import UUID

_ID, _MAC = 16, 16


class Purpose(StrEnum):
    """What a token is for."""

    CONFIRM = "confirm"
    STOP = "stop"
    BOUNCE = "bounce"


def token(city_secret: bytes, purpose: Purpose, subject: UUID) -> str:
    """The token of a contact for a purpose: 52 characters of base32 (RFC 4648, lower case, no padding)."""
    data = subject.bytes + _mac(city_secret, purpose, subject)
    return base64.b32encode(data).decode().rstrip("=").lower()


def subject_of(city_secret: bytes, purpose: Purpose, given: str) -> UUID | None:
    """Whose contact a token is of; None when it is not one of ours for this purpose."""
    text = given.strip().upper()
    try:
        data = base64.b32decode(text + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError):
        return None
    if len(data) != _ID + _MAC:
        return None
    subject = UUID(bytes=data[:_ID])
    return subject if hmac.compare_digest(data[_ID:], _mac(city_secret, purpose, subject)) else None


def _mac(city_secret: bytes, purpose: Purpose, subject: UUID) -> bytes:
    return hmac.digest(city_secret, f"mail:{purpose}:".encode() + subject.bytes, "sha256")[:_MAC]
