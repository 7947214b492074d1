"""Which site a browser's request comes from: browsers say so, and let no script say it for another."""

from enum import Enum
from urllib.parse import urlsplit

from starlette.datastructures import Headers


class Site(Enum):
    """Whose page it is that asks."""

    OURS = "ours"
    OTHER = "other"
    UNSAID = "unsaid"
    """Typed, bookmarked, or no browser at all."""


def site_of(headers: Headers, origin: str = "") -> Site:
    """By ``Sec-Fetch-Site``; in browsers without it by the ``Origin`` of whatever is no plain read.

    ``origin`` is ours, where it may be another than the host that was asked.
    """
    said = headers.get("sec-fetch-site")
    if said is not None:
        return {"same-origin": Site.OURS, "same-site": Site.OTHER, "cross-site": Site.OTHER}.get(said, Site.UNSAID)
    given = headers.get("origin")
    if given is None:
        return Site.UNSAID
    try:
        host = urlsplit(given).netloc
    except ValueError:  # brackets that are no address
        return Site.OTHER
    return Site.OURS if given == origin or host == headers.get("host") else Site.OTHER
