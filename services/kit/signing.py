"""Ed25519 keys as JSON Web Keys (RFC 8037), named by their thumbprint (RFC 7638) where they carry no kid; and JWTs."""

import binascii
import json
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet, OKPKey


def encode(data: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Bytes of base64url without padding. Errors: ValueError, also for a second spelling of the same bytes."""
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode(data) != text:
        raise ValueError("not canonical base64url")
    return data


def secret(text: str, setting: str) -> bytes:
    """A secret of the city's from its setting (base64, 32 bytes or more). Raises ValueError that names the setting.

    The line end that commands and files put behind it does not count.
    """
    try:
        found = b64decode(text.strip(), validate=True)
    except binascii.Error as error:
        raise ValueError(f"{setting} is not base64") from error
    if len(found) < 32:
        raise ValueError(f"{setting} has less than 32 bytes")
    return found


@dataclass(frozen=True)
class Signer:
    """A key that signs what the city says: seals and receipts."""

    key_id: str
    private: Ed25519PrivateKey

    @classmethod
    def load(cls, jwk: str, setting: str = "SMARTCITY_RECEIPT_KEY") -> "Signer":
        """Reads a private Ed25519 JWK. Errors: ValueError that names the ``setting`` it came from."""
        try:
            fields = json.loads(jwk)
            key = OKPKey.import_key({"x": "", **fields})  # older ones have no public half: it follows from d
            private = key.private_key
            if fields["kty"] != "OKP" or not isinstance(private, Ed25519PrivateKey):
                raise TypeError("it must be a private OKP key, and its crv Ed25519")
        except (JoseError, ValueError, KeyError, TypeError) as error:
            # From None: the parser's message may quote the secret.
            raise ValueError(f"{setting} is not a private Ed25519 JWK ({type(error).__name__})") from None
        return cls(key_id=key.kid or OKPKey.import_key(private.public_key()).thumbprint(), private=private)

    def sign(self, text: bytes) -> str:
        """Signature over `text`, base64url."""
        return encode(self.private.sign(text))

    def public_jwk(self) -> dict[str, str]:
        """The public half as a JWK. Of its members these alone go into receipts, whatever else the private one has."""
        made = OKPKey.import_key(self.private.public_key()).as_dict(private=False)
        return {"crv": str(made["crv"]), "kid": self.key_id, "kty": str(made["kty"]), "x": str(made["x"])}


def key_set(jwks: list[dict[str, str]]) -> str:
    """Public keys as the canonical text of a JWK set: sorted, without blanks."""
    keys = sorted(jwks, key=lambda jwk: jwk["kid"])
    return json.dumps({"keys": keys}, sort_keys=True, separators=(",", ":"))


def parse_key_set(text: str) -> dict[str, Any]:
    """A JWK set from its text. Errors: ValueError."""
    parsed = json.loads(text)
    if not isinstance(parsed, dict):
        raise ValueError("not a JWK set")
    return parsed


def read_key_set(jwks: Mapping[str, Any]) -> dict[str, Ed25519PublicKey]:
    """Public keys by key id. Errors: ValueError when a key is not a public Ed25519 JWK with a kid."""
    keys: dict[str, Ed25519PublicKey] = {}
    try:
        for jwk in jwks["keys"]:
            if (jwk["kty"], jwk["crv"]) != ("OKP", "Ed25519"):
                raise ValueError("not an Ed25519 key")
            keys[jwk["kid"]] = Ed25519PublicKey.from_public_bytes(decode(jwk["x"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not a JWK set of Ed25519 keys") from error
    return keys


def signed(key: Ed25519PublicKey, signature: str, text: bytes) -> bool:
    """Whether `signature` (base64url) is the key's over `text`."""
    try:
        key.verify(decode(signature), text)
    except (InvalidSignature, ValueError):
        return False
    return True


def opened(token: str, key: Key | KeySet, algorithms: list[str]) -> jwt.Token:
    """A JWT whose signature holds; what it says is not looked at. Errors: ValueError, whatever is wrong with it."""
    try:
        return jwt.decode(token, key, algorithms=algorithms)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        # The header comes from anybody, and joserfc iterates over whatever stands in its `crit`.
        raise ValueError(f"no JWT with a signature that holds ({type(error).__name__})") from error
