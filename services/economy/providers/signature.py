"""SNAP's two signatures (Bank Indonesia, SNAP technical and security standards): RSA for tokens, HMAC for calls.

A token is asked for with SHA256withRSA over ``clientId|timestamp``. Everything else is signed with HMAC-SHA512 over
``METHOD:path:token:lowerhex(sha256(minified body)):timestamp``, keyed with the secret that both sides share.

Minified means JSON without the whitespace that says nothing; it is taken out of the bytes as they were sent, so numbers
and escapes stay as the sender spelled them, and a body that is minified already is hashed as it is.
"""

import base64
import binascii
import hashlib
import hmac
import re
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

Encoding = Literal["base64", "hex"]

_STRING_OR_SPACE = re.compile(rb'("(?:[^"\\]|\\.)*"?)|[ \t\r\n]+', re.DOTALL)
"""A string that does not end goes to the end of what there is: else each quote in it would be tried as a begin."""


def minified(body: bytes) -> bytes:
    """The JSON text without insignificant whitespace; strings stay byte for byte."""
    return _STRING_OR_SPACE.sub(lambda found: found[1] or b"", body)


def token_text(client_id: str, timestamp: str) -> bytes:
    """What the asymmetric signature of a token request is made over."""
    return f"{client_id}|{timestamp}".encode()


def call_text(method: str, path: str, token: str, body: bytes, timestamp: str) -> bytes:
    """What the symmetric signature of a call or notification is made over; ``path`` begins at the version."""
    digest = hashlib.sha256(minified(body)).hexdigest()
    return f"{method}:{path}:{token}:{digest}:{timestamp}".encode()


def sign_asymmetric(key: RSAPrivateKey, text: bytes, encoding: Encoding = "base64") -> str:
    """SHA256withRSA (PKCS #1 v1.5)."""
    return _write(key.sign(text, padding.PKCS1v15(), hashes.SHA256()), encoding)


def verify_asymmetric(key: RSAPublicKey, text: bytes, signature: str, encoding: Encoding = "base64") -> bool:
    """Whether the holder of the private key signed this text."""
    given = _read(signature, encoding)
    if given is None:
        return False
    try:
        key.verify(given, text, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def sign_symmetric(secret: bytes, text: bytes, encoding: Encoding = "base64") -> str:
    """HMAC-SHA512."""
    return _write(hmac.digest(secret, text, "sha512"), encoding)


def verify_symmetric(secret: bytes, text: bytes, signature: str, encoding: Encoding = "base64") -> bool:
    """Whether somebody who knows the secret signed this text; takes the same time for any wrong signature."""
    given = _read(signature, encoding)
    return given is not None and hmac.compare_digest(given, hmac.digest(secret, text, "sha512"))


def _write(signature: bytes, encoding: Encoding) -> str:
    return signature.hex() if encoding == "hex" else base64.b64encode(signature).decode()


def _read(signature: str, encoding: Encoding) -> bytes | None:
    try:
        return binascii.unhexlify(signature) if encoding == "hex" else base64.b64decode(signature, validate=True)
    except ValueError:  # binascii.Error is one, and so is text that is not ASCII
        return None
