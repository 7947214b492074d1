"""AES-256-GCM for personal data at rest. What is sealed is bound to its subject."""

import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class UnreadableError(Exception):
    """The text was not sealed with this key for this subject, or was changed."""


def seal(key: bytes, subject: UUID, plain: bytes) -> bytes:
    """Nonce and ciphertext; only this key and this subject open it."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, subject.bytes)


def unseal(key: bytes, subject: UUID, sealed: bytes) -> bytes:
    """What was sealed. Errors: UnreadableError."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], subject.bytes)
    except (InvalidTag, ValueError) as error:
        raise UnreadableError from error
