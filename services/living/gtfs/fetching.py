"""One GET of a feed: over HTTPS from a public host, bounded in bytes and time, and led nowhere else.

The host's name is looked up once, and the connection goes to the address that was found to be public, so that a name
cannot mean another machine the second time.
"""

import ipaddress
import socket
import time
from collections.abc import Callable
from typing import IO
from urllib.parse import SplitResult, urlsplit

import httpx

from services.kit.numbers import typed
from services.living.gtfs.archive import MOST_BYTES, ArchiveError, too_large

SECONDS = 300.0
"""One download may take so long as a whole."""
SILENCE_S = 20.0
"""So long the host may say nothing."""


def fetch(url: str, into: IO[bytes], tell: Callable[[int, int], None], *, local: bool = False) -> None:
    """Writes what lies at a URL; ``tell`` hears how many bytes came, and of how many (0: not said).

    ``local`` lets this machine itself be asked, over HTTP too: for tests. Raises ArchiveError.
    """
    parts = _parts(url, local=local)
    address = _public(parts, local=local)
    host = f"[{address}]" if ":" in address else address
    target = httpx.URL(url).copy_with(host=host.strip("[]"))
    asked = httpx.Request(
        "GET", target, headers={"host": parts.netloc, "user-agent": "smartcity-gtfs"},
        extensions={"sni_hostname": parts.hostname},
    )  # fmt: skip
    deadline = time.monotonic() + SECONDS
    try:
        with httpx.Client(timeout=SILENCE_S, follow_redirects=False, trust_env=False) as client:
            answer = client.send(asked, stream=True)
            try:
                _take(answer, into, deadline, tell)
            finally:
                answer.close()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        said = f"{parts.hostname} gives no answer ({type(error).__name__}): try again later"
        raise ArchiveError(said, "no_answer", parts.hostname or "") from error


def _take(answer: httpx.Response, into: IO[bytes], deadline: float, tell: Callable[[int, int], None]) -> None:
    if answer.is_redirect:
        to = answer.headers.get("location", "")[:200]
        raise ArchiveError(
            f"it has moved to {to!r}, which is not followed: give that address if you trust it", "moved", to
        )
    if answer.status_code != 200:
        status = str(answer.status_code)
        raise ArchiveError(f"it was answered with HTTP {status}: check the address", "bad_answer", status)
    whole = typed(answer.headers.get("content-length", ""), 15) or 0
    came = 0
    _check_size(whole)
    for part in answer.iter_raw():
        came += len(part)
        _check_size(came)
        if time.monotonic() > deadline:
            raise ArchiveError(f"it took more than {SECONDS:.0f} s: try again, or download it by other means", "slow")
        into.write(part)
        tell(came, whole)
    into.flush()


def _check_size(size: int) -> None:
    if size > MOST_BYTES:
        raise too_large()


def _parts(url: str, *, local: bool) -> SplitResult:
    try:
        parts = urlsplit(url)
        good = bool(parts.hostname) and parts.scheme in ({"https", "http"} if local else {"https"})
        good = good and not parts.username and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good:
        raise ArchiveError("the address must begin with https:// and name a host, without a login in it", "bad_address")
    return parts


_TRANSLATED = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))
"""Networks whose addresses end with one of IPv4: RFC 6052, and RFC 4291, 2.5.5.1."""

_OF_A_NETWORK = ipaddress.IPv6Network("64:ff9b:1::/48")
"""For translators of one network (RFC 8215); how they hold an address is theirs to say."""


def _public(parts: SplitResult, *, local: bool) -> str:
    """An address of the host, all of whose addresses are public."""
    host = parts.hostname or ""
    try:
        found = socket.getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ArchiveError(f"no host is called {host}: check the address", "no_host", host) from error
    addresses = [str(one[4][0]) for one in found]
    for each in addresses:
        address = _reached(ipaddress.ip_address(each.partition("%")[0]))
        public = address.is_global and not address.is_multicast and address not in _OF_A_NETWORK
        if not public and not (local and address.is_loopback):
            raise ArchiveError(
                f"{host} is no public host: feeds are fetched from public ones alone", "not_public", host
            )
    return addresses[0]


def _reached(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """What is reached by an address: that of IPv4 which it holds for a translator (6to4, NAT64, mapped, compatible)."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if inner := address.ipv4_mapped or address.sixtofour:
        return inner
    holds = any(address in network for network in _TRANSLATED)
    return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF) if holds else address
