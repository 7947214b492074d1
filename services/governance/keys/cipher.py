"""A key per subject, wrapped by the city's own (``kit/mail/sealing.py``)."""

from base64 import b64decode
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32


def new_key() -> bytes:
    """A fresh data key."""
    return AESGCM.generate_key(KEY_BYTES * 8)


@dataclass(frozen=True)
class WrappingKey:
    """A key of the city that wraps data keys; known by a fingerprint."""

    id: str
    key: bytes

    @classmethod
    def read(cls, text: str) -> "WrappingKey":
        """Reads 32 bytes in base64. Errors: ValueError that does not quote the secret."""
        try:
            key = b64decode(text, altchars=b"-_" if "-" in text or "_" in text else None, validate=True)
        except ValueError:
            raise ValueError("SMARTCITY_DATA_KEY is not base64") from None
        if len(key) != KEY_BYTES:
            raise ValueError(f"SMARTCITY_DATA_KEY has {len(key)} bytes; give {KEY_BYTES} bytes in base64")
        return cls(sha256(b"smartcity data key\n" + key).hexdigest()[:16], key)
