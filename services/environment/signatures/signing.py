"""Signs CAP messages (XML Signature, enveloped, as CAP 1.2 section 3.3.2.1 has it), with the city's certificate in."""

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from lxml import etree
from signxml.algorithms import SignatureMethod
from signxml.signer import XMLSigner

from services.kit.certificates import end_of

SETTING = "SMARTCITY_WARNING_KEY"
_BEGIN = "-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True)
class Signer:
    """The key that warnings are signed with, and its certificate."""

    key: RSAPrivateKey | EllipticCurvePrivateKey
    certificates: str
    """PEM, the signer's own first."""

    @classmethod
    def load(cls, pem: str) -> "Signer":
        """Reads a private key (RSA or EC) and the certificates after it, as PEM in one text.

        Errors: ValueError that names the setting, and never quotes it.
        """
        begin = pem.find(_BEGIN)
        try:
            key = load_pem_private_key(pem.encode(), None)
            own = x509.load_pem_x509_certificate(pem[begin:].encode()) if begin >= 0 else None
        except (ValueError, TypeError) as error:
            raise ValueError(f"{SETTING} holds no private key and certificate ({type(error).__name__})") from None
        if not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey):
            raise ValueError(f"{SETTING} is neither an RSA nor an EC key")
        if own is None or own.public_key() != key.public_key():
            raise ValueError(f"{SETTING} has no certificate of its key after it")
        return cls(key, pem[begin:])

    def ends(self) -> datetime:
        """Until when those who read a warning believe its signature."""
        return end_of(self.certificates.encode())

    def sign(self, root: etree._Element) -> etree._Element:
        """The document with its signature in."""
        method = SignatureMethod.RSA_SHA256 if isinstance(self.key, RSAPrivateKey) else SignatureMethod.ECDSA_SHA256
        signed: etree._Element = XMLSigner(signature_algorithm=method).sign(
            root, key=self.key, cert=self.certificates, always_add_key_value=False
        )
        return signed


def written(root: etree._Element, signer: Signer | None) -> bytes:
    """The bytes to publish; unsigned where there is no key."""
    ready = root if signer is None else signer.sign(root)
    text: bytes = etree.tostring(ready, xml_declaration=True, encoding="UTF-8")
    return text
