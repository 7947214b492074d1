"""Envelopes: a vote sealed to the ballot's own key (HPKE, RFC 9180: X25519, HKDF-SHA256, AES-128-GCM), of one length.

What is sealed is bound to the ballot and carries a tag under the pillar's secret, so that whoever can write to the
database, and has the public key from there, cannot make votes. The private key lies sealed beside it and goes when the
ballot is counted: from then on nobody opens what backups and logs of the database still hold of envelopes.
"""

import hmac
import os
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from services.kit.mail import sealing

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_128_GCM)
_BITS, _NONCE, _TAG = 8, 16, 16


class EnvelopeError(Exception):
    """An envelope is none that the platform has made for this ballot."""


class Keys(NamedTuple):
    """The keys of a ballot, as they are kept."""

    public: bytes
    private: bytes
    """Sealed under the pillar's secret; empty once the ballot is counted."""


def new_keys(secret: bytes, ballot: UUID) -> Keys:
    """Fresh keys. ``secret`` is the pillar's for this purpose."""
    key = X25519PrivateKey.generate()
    return Keys(key.public_key().public_bytes_raw(), sealing.seal(secret, ballot, key.private_bytes_raw()))


def seal(secret: bytes, ballot: UUID, public: bytes, bits: int) -> bytes:
    """A vote in its envelope: alike votes in envelopes that are not."""
    inside = bits.to_bytes(_BITS, "big") + os.urandom(_NONCE)
    inside += _tag(secret, ballot, inside)
    return _SUITE.encrypt(inside, X25519PublicKey.from_public_bytes(public), info=ballot.bytes)


def unseal_all(secret: bytes, ballot: UUID, keys: Keys, envelopes: Sequence[bytes]) -> list[int]:
    """The votes of envelopes. It takes a tenth of a millisecond each. Errors: EnvelopeError."""
    key = X25519PrivateKey.from_private_bytes(sealing.unseal(secret, ballot, keys.private))
    found = []
    for envelope in envelopes:
        try:
            inside = _SUITE.decrypt(envelope, key, info=ballot.bytes)
        except (InvalidTag, ValueError) as error:
            raise EnvelopeError from error
        said, tag = inside[: _BITS + _NONCE], inside[_BITS + _NONCE :]
        if not hmac.compare_digest(tag, _tag(secret, ballot, said)):
            raise EnvelopeError
        found.append(int.from_bytes(said[:_BITS], "big"))
    return found


def _tag(secret: bytes, ballot: UUID, inside: bytes) -> bytes:
    return hmac.digest(secret, b"vote 1\n" + ballot.bytes + inside, "sha256")[:_TAG]
