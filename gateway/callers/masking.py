"""Secrets in pages, never twice the same bytes: the size of a packed page then tells nothing about them (BREACH)."""

import base64
import secrets


def masked(secret: str) -> str:
    """The secret under a mask of its own, mask first: other text each time."""
    plain = secret.encode()
    mask = secrets.token_bytes(len(plain))
    return base64.urlsafe_b64encode(mask + _crossed(plain, mask)).decode()


def unmasked(text: str) -> str:
    """The secret; empty where the text is nothing that ``masked`` made."""
    try:
        found = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
        return _crossed(found[len(found) // 2 :], found[: len(found) // 2]).decode("ascii")
    except ValueError:  # of both codecs too
        return ""


def _crossed(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
