"""What a ticket's QR code holds: signed, so that a gate without a connection tells a forged one.

    SCT1.SMGE7K4P2M8Q92.2.AZMrbgAAcACAAAAAAAAAAA.k3jR0a1x.<signature>

The code, how often the ticket has changed hands, the seats (16 bytes), the first bytes of the key's digest, and an
Ed25519 signature over all before its dot; base64url without padding (RFC 4648).
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.kit import ids
from services.kit.signing import Signer, decode, encode, parse_key_set, read_key_set, signed

BEGIN = "SCT1"
_TOKEN = re.compile(r"SCT1\.([0-9A-Z]{8,24})\.([0-9]{1,6})\.([\w-]{22})\.([\w-]{8})\.([\w-]{86})", re.ASCII)


class Shown(NamedTuple):
    """What a token says: the code without hyphens, the generation, and the seats."""

    code: str
    generation: int
    seats: UUID


@dataclass(frozen=True)
class TicketSigner:
    """Signs tickets with the key of today, and knows those of before."""

    signer: Signer
    keys: Mapping[str, Ed25519PublicKey]
    """By the first characters of their digests."""

    @classmethod
    def of(cls, signer: Signer, old: str = "") -> "TicketSigner":
        """With the public keys of before. Errors: ValueError."""
        known = [signer.private.public_key(), *(read_key_set(parse_key_set(old)).values() if old else ())]
        return cls(signer, {name_of(key): key for key in known})

    def sign(self, code: str, generation: int, seats: UUID) -> str:
        """The token of a ticket."""
        plain = code.replace("-", "")
        key = name_of(self.signer.private.public_key())
        said = f"{BEGIN}.{plain}.{generation}.{encode(seats.bytes)}.{key}"
        return f"{said}.{self.signer.sign(said.encode())}"

    def read(self, token: str) -> Shown | None:
        """What a token says; None when it is none of ours, or forged."""
        found = _TOKEN.fullmatch(token.strip())
        if found is None:
            return None
        code, generation, seats, key, signature = found.groups()
        known = self.keys.get(key)
        if known is None or not signed(known, signature, token.strip().rpartition(".")[0].encode()):
            return None
        try:
            return Shown(code, int(generation), ids.of(decode(seats)))
        except ValueError:
            return None


def name_of(key: Ed25519PublicKey) -> str:
    """By what tokens name a key."""
    return encode(hashlib.sha256(raw(key)).digest()[:6])


def raw(key: Ed25519PublicKey) -> bytes:
    """Its 32 bytes, as browsers take them."""
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)
