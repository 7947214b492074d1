"""Keyed digests by which orders of one person or network are told to belong together, and nothing else is."""

import hmac
from uuid import UUID


def counted(secret: bytes, buyer: str, network: str, sale: UUID) -> bytes | None:
    """By what a login, or the network of who has none, is counted at one sale, so that nothing joins two sales; None
    where neither is known.
    """
    if not (buyer or network):
        return None
    told = f"login:{sale}:{buyer}" if buyer else f"network:{sale}:{network}"
    return hmac.digest(secret, f"counted:{told}".encode(), "sha256")
