"""Keyed digests by which orders of one person or network are told to belong together, and nothing else is."""

import hmac
from uuid import UUID


def of(secret: bytes, what: str, value: str, sale: UUID) -> bytes:
    """The digest of a login or a network for one sale, so that nothing joins two sales."""
    return hmac.digest(secret, f"counted:{what}:{sale}:{value}".encode(), "sha256")
