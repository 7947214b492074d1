"""The signed tokens of mails: in links, and in the address that bounces come back to.

A token names what it is about, such as a contact, and what it is for; nothing of it is stored. It is made of letters
and digits of one case, so that it survives mail servers that write local parts in lower case. It is of one round: where
another begins, as when an address is corrected, whoever reads the former address has tokens of a round that is over.
"""

import base64
import binascii
import hmac
from uuid import UUID

_ID, _MAC = 16, 16


def token(secret: bytes, purpose: str, subject: UUID, round_: int = 0) -> str:
    """The token of a subject for a purpose: 52 characters of base32 (RFC 4648, lower case, no padding)."""
    data = subject.bytes + _mac(secret, purpose, subject, round_)
    return base64.b32encode(data).decode().rstrip("=").lower()


def holder_of(secret: bytes, purpose: str, given: str, rounds: int = 1) -> tuple[UUID, int] | None:
    """What a token is about, and its round, of so many; None when it is not one of ours for this purpose."""
    text = given.strip().upper()
    try:
        data = base64.b32decode(text + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError):
        return None
    if len(data) != _ID + _MAC:
        return None
    subject = UUID(bytes=data[:_ID])
    for round_ in range(rounds):
        if hmac.compare_digest(data[_ID:], _mac(secret, purpose, subject, round_)):
            return subject, round_
    return None


def _mac(secret: bytes, purpose: str, subject: UUID, round_: int) -> bytes:
    """Of the first round as before there were any, so that links stay good that were mailed then."""
    told = f"mail:{purpose}:".encode() + subject.bytes + (bytes([round_]) if round_ else b"")
    return hmac.digest(secret, told, "sha256")[:_MAC]
