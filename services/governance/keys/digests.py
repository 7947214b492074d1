"""Digests under the city's secret, by which things are recognised that are not kept.

Without the secret nobody can try out likely addresses or words against them.
"""

import hmac
from uuid import UUID

_DOTLESS = frozenset({"gmail.com"})
"""Providers at whose addresses dots in the name do not count."""
_ALSO_CALLED = {
    "googlemail.com": "gmail.com",
    "mac.com": "icloud.com",
    "me.com": "icloud.com",
    "pm.me": "proton.me",
    "protonmail.com": "proton.me",
}
"""Providers with several names for the same mailboxes."""


def address(city_secret: bytes, email: str) -> bytes:
    """Of an e-mail address, the same for all its spellings that reach one mailbox: case, ``+anything``, other names of
    its provider.
    """
    name, _, host = email.lower().rpartition("@")
    host = _ALSO_CALLED.get(host, host)
    name = name.partition("+")[0] or name
    if host in _DOTLESS:
        name = name.replace(".", "")
    return hmac.digest(city_secret, f"address:{name}@{host}".encode(), "sha256")


def mailbox(city_secret: bytes, email: str) -> bytes:
    """Of the very address, capitals aside: what is shown to who reads its mail.

    Not the digest above: where ``+`` is a letter like others, somebody else may have the address that holds one.
    """
    return hmac.digest(city_secret, f"mailbox:{email.lower()}".encode(), "sha256")


def of_case(city_secret: bytes, complaint_id: UUID, kind: str, text: str) -> bytes:
    """Of a text of one case: the same text of another case has another digest."""
    return hmac.digest(city_secret, f"{kind}:".encode() + complaint_id.bytes + text.encode(), "sha256")
