"""The bank's own signatures: RSA with SHA-256 for tokens, HMAC with SHA-512 for calls, base64 (SNAP)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any, cast

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key


class Keys:
    """The bank's private key, its customer's public one, and the secret they share."""

    def __init__(self, private_pem: str, customer_pem: str, secret: str) -> None:
        """Reads the keys."""
        self._private = cast("RSAPrivateKey", load_pem_private_key(private_pem.encode(), None))
        self._customer = cast("RSAPublicKey", load_pem_public_key(customer_pem.encode()))
        self._secret = secret.encode()

    def sign_token_request(self, client: str, timestamp: str) -> str:
        """Signature with which the bank asks for a token."""
        signed = self._private.sign(f"{client}|{timestamp}".encode(), padding.PKCS1v15(), SHA256())
        return base64.b64encode(signed).decode()

    def is_token_request(self, client: str, timestamp: str, signature: str) -> bool:
        """Whether the customer asks for a token."""
        try:
            raw = base64.b64decode(signature, validate=True)
            self._customer.verify(raw, f"{client}|{timestamp}".encode(), padding.PKCS1v15(), SHA256())
        except (ValueError, InvalidSignature):
            return False
        return True

    def sign_call(self, method: str, path: str, token: str, body: bytes, timestamp: str) -> str:
        """Signature of a call, either way."""
        compact = minify(body)
        text = ":".join((method, path, token, hashlib.sha256(compact).hexdigest().lower(), timestamp))
        return base64.b64encode(hmac.new(self._secret, text.encode(), hashlib.sha512).digest()).decode()

    def is_call(self, method: str, path: str, token: str, body: bytes, timestamp: str, signature: str) -> bool:
        """Whether the customer signed this call."""
        wanted = self.sign_call(method, path, token, body, timestamp)
        return hmac.compare_digest(wanted.encode(), signature.encode())


def minify(body: bytes) -> bytes:
    """JSON as SNAP hashes it, written anew; the city writes compactly, so the two agree. What is no JSON stays raw."""
    try:
        content: Any = msgspec.json.decode(body)  # strict: UTF-8, no half surrogates, nothing that cannot be written
    except (msgspec.DecodeError, ValueError, RecursionError):
        return body
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
