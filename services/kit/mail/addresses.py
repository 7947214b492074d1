"""E-mail addresses: what is one, and which of them reach the same mailbox. Pure."""

import re

from services.kit.errors import invalid

_EMAIL = re.compile(r"(?!.*=\?)[^\s@<>\"(),:;\[\]\\]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}")
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


def valid(email: str) -> bool:
    """Whether a text is an address; checks only what keeps mail from going astray.

    An encoded word (RFC 2047) is none: headers would read another address in it.
    """
    return email.isascii() and _EMAIL.fullmatch(email) is not None


def require_valid(email: str) -> None:
    """Errors: EMAIL_INVALID."""
    if not valid(email):
        raise invalid("EMAIL_INVALID", "Write an e-mail address like nama@contoh.id.", field="email")


def canonical(email: str) -> str:
    """The same for all spellings of an address that reach one mailbox: case, ``+anything``, other names of its
    provider. For comparing, never for writing to.
    """
    name, _, host = email.lower().rpartition("@")
    host = _ALSO_CALLED.get(host, host)
    name = name.partition("+")[0] or name
    if host in _DOTLESS:
        name = name.replace(".", "")
    return f"{name}@{host}"
