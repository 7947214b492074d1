"""Digests under the city's secret, by which things are recognised that are not kept.

Without the secret nobody can try out likely addresses or words against them.
"""

import hmac
from uuid import UUID

from services.kit import ids
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


def mark(city_secret: bytes, joining: UUID, login: str) -> str:
    """What stands in a login's place in what it joined, once it is erased: of one joining alone, so it joins no two.

    It names its joining, since it goes along to the original where the case is a duplicate.
    """
    digest = hmac.digest(city_secret, b"left:" + joining.bytes + login.encode(), "sha256")
    return f"left:{joining}:{digest.hex()}"


def is_mark(city_secret: bytes, text: str, login: str) -> bool:
    """Whether something is the mark of this login."""
    joining = ids.parse(text.removeprefix("left:").partition(":")[0])
    return joining is not None and hmac.compare_digest(text.encode(), mark(city_secret, joining, login).encode())
