"""Digests under the city's secret, by which things are recognised that are not kept.

Without the secret nobody can try out likely addresses or words against them.
"""

import hmac
from uuid import UUID

from services.kit.mail import addresses


def address(city_secret: bytes, email: str) -> bytes:
    """Of an e-mail address, the same for all its spellings that reach one mailbox: case, ``+anything``, other names of
    its provider.
    """
    return hmac.digest(city_secret, f"address:{addresses.canonical(email)}".encode(), "sha256")


def mailbox(city_secret: bytes, email: str) -> bytes:
    """Of the very address, capitals aside: what is shown to who reads its mail.

    Not the digest above: where ``+`` is a letter like others, somebody else may have the address that holds one.
    """
    return hmac.digest(city_secret, f"mailbox:{email.lower()}".encode(), "sha256")


def of_case(city_secret: bytes, complaint_id: UUID, kind: str, text: str) -> bytes:
    """Of a text of one case: the same text of another case has another digest."""
    return hmac.digest(city_secret, f"{kind}:".encode() + complaint_id.bytes + text.encode(), "sha256")
