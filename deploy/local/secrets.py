"""Secrets of one local platform: made once per home, one file each, readable by their owner only."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal


class Secrets:
    """The folder `home`/secrets. Each method returns the secret of that name; who asks first has it made."""

    def __init__(self, home: Path) -> None:
        """Nothing is read or written yet."""
        self.folder = home / "secrets"

    def text(self, name: str, random_bytes: int = 32) -> str:
        """Random text that fits into a URL."""
        return self._once(name, lambda: secrets.token_urlsafe(random_bytes))

    def key(self, name: str) -> str:
        """32 random bytes in base64."""
        return self._once(name, lambda: base64.b64encode(secrets.token_bytes(32)).decode())

    def signing_key(self, name: str, kind: Literal["Ed25519", "RSA"] = "Ed25519") -> dict[str, Any]:
        """A private JWK with a `kid` (RFC 7638 thumbprint); `kind` is Ed25519 or RSA (2048 bits)."""
        return dict(json.loads(self._once(name, lambda: json.dumps(new_jwk(kind)))))

    def rsa(self, name: str) -> tuple[str, str]:
        """An RSA key of 2048 bits and its public half, both as PEM, kept in two files."""
        private = self._once(name, new_rsa)
        return private, self._once(f"{name}.public", lambda: _public_rsa(private))

    def seed(self, name: str, *, account: bool = False) -> tuple[str, str]:
        """An NKey seed (of a user, unless of an account) and its public key, so that nobody has to derive it again."""
        from deploy.local.nats import new_seed, public_key

        seed = self._once(name, lambda: new_seed(account=account))
        return seed, self._once(f"{name}.public", lambda: public_key(seed))

    def certified(self, name: str) -> str:
        """An EC key (P-256) and behind it a certificate that it signed itself, as PEM in one text."""
        return self._once(name, lambda: new_certified("Semarang (dibuat-buat)"))

    def _once(self, name: str, make: Callable[[], str]) -> str:
        path = self.folder / name
        if not path.exists():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = self.folder / f".{name}.{os.getpid()}"
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(make())
                os.fsync(file.fileno())
            draft.rename(path)  # a secret is there as a whole or not at all
        return path.read_text()


def public_jwks(*private: dict[str, Any]) -> str:
    """JWKS with the public halves, as verifiers read it."""
    return json.dumps({"keys": [{name: jwk[name] for name in ("kty", "crv", "x", "kid")} for jwk in private]})


def new_jwk(kind: Literal["Ed25519", "RSA"] = "Ed25519") -> dict[str, Any]:
    """A private JWK with a `kid` (RFC 7638 thumbprint); RSA has 2048 bits."""
    from joserfc.jwk import OKPKey, RSAKey

    key = RSAKey.generate_key(2048, auto_kid=True) if kind == "RSA" else OKPKey.generate_key("Ed25519", auto_kid=True)
    return dict(key.as_dict(private=True))


def new_rsa() -> str:
    """A private RSA key of 2048 bits as PEM (PKCS 8)."""
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = generate_private_key(65537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def new_certified(name: str) -> str:
    """A private EC key (P-256) and a certificate of ten years that it signed itself, as PEM in one text."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from cryptography.x509.oid import NameOID

    key, now = generate_private_key(SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(minutes=5))
    certificate = made.not_valid_after(now + timedelta(days=3650)).sign(key, SHA256())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return (private + certificate.public_bytes(Encoding.PEM)).decode()


def _public_rsa(private: str) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

    public = load_pem_private_key(private.encode(), None).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
