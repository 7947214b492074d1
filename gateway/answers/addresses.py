"""Addresses that are made of what a visitor asked for: they lead nowhere but to this portal.

A browser reads ``//evil.example`` as the address of another host, ``/\\evil.example`` and ``///evil.example`` too, and
drops tabs and line ends wherever they stand. What was ``%2F`` in a request is a slash in its path.
"""

import re
from urllib.parse import quote, urlencode, urlsplit

HOME = "/"
_SAFE = "/:@!$&'()*+,;=~"
"""What may stand in a path as it is (RFC 3986, 3.3)."""
_DOTS = re.compile(r"/(?=\.{1,2}(?:/|$))")
"""A slash before a part that browsers would follow upwards: it can only have been part of a name."""


def own_path(path: str) -> str:
    """The path of a request, as it may stand in a link: quoted, and with one slash before it."""
    return "/" + _DOTS.sub("%2F", quote(path.lstrip("/\\"), safe=_SAFE))


def below(base: str, name: str) -> str:
    """The address of what bears a name of any letters, below ``base``: one part of a path, whatever it holds.

    Browsers follow ``.`` and ``..`` even where they are encoded; only as a query (``?id=..``) do these lead there.
    """
    return f"{base}?{urlencode({'id': name})}" if name in (".", "..") else f"{base}/{quote(name, safe='')}"


def own_address(address: str) -> str:
    """An address somebody brings (path, query, fragment), where it is certainly one of ours; else the home's."""
    if not address.startswith("/") or address.startswith("//") or "\\" in address or not address.isprintable():
        return HOME
    try:
        parts = urlsplit(address)
    except ValueError:  # brackets that are no address
        return HOME
    return HOME if parts.scheme or parts.netloc else address
