"""Addresses that are made of what a visitor asked for: they lead nowhere but to this portal.

A browser reads ``//evil.example`` as the address of another host, ``/\\evil.example`` and ``///evil.example`` too, and
drops tabs and line ends wherever they stand. What was ``%2F`` in a request is a slash in its path.
"""

from urllib.parse import quote, urlsplit

HOME = "/"
_SAFE = "/:@!$&'()*+,;=~"
"""What may stand in a path as it is (RFC 3986, 3.3)."""


def own_path(path: str) -> str:
    """The path of a request, as it may stand in a link: quoted, and with one slash before it."""
    return "/" + quote(path.lstrip("/\\"), safe=_SAFE)


def own_address(address: str) -> str:
    """An address somebody brings (path, query, fragment), where it is certainly one of ours; else the home's."""
    if not address.startswith("/") or address.startswith("//") or "\\" in address or not address.isprintable():
        return HOME
    try:
        parts = urlsplit(address)
    except ValueError:  # brackets that are no address
        return HOME
    return HOME if parts.scheme or parts.netloc else address
