"""Names of holders at rest: readable with the city's secret alone, bound to the row that they stand in."""

import hmac
from uuid import UUID

from services.kit.mail import sealing


def seal(secret: bytes, row: UUID, name: str) -> bytes | None:
    """A name as it is kept; None for none."""
    return sealing.seal(_key(secret), row, name.encode()) if name else None


def unseal(secret: bytes, row: UUID, sealed: bytes | None) -> str:
    """The name; empty where there is none, or it was sealed with another secret."""
    if not sealed:
        return ""
    try:
        return sealing.unseal(_key(secret), row, sealed).decode()
    except sealing.UnreadableError:
        return ""


def _key(secret: bytes) -> bytes:
    return hmac.digest(secret, b"holder names", "sha256")
