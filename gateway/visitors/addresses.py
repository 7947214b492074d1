"""Whose request it is, as far as an address tells: what rates, connections and streams are counted under.

An IPv6 address counts with its whole /64, which is what one home or one server is given (RFC 6177); one that carries an
IPv4 address counts as that one.
"""

import ipaddress
from collections.abc import Iterable, Iterator

from starlette.datastructures import Headers
from starlette.types import Scope

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_HOME = 64
"""Bits of an IPv6 address that one subscriber shares."""


def networks(listed: str) -> tuple[Network, ...]:
    """Reads a comma-separated list of addresses and networks. Raises ValueError."""
    return tuple(ipaddress.ip_network(each.strip()) for each in listed.split(",") if each.strip())


def client_address(scope: Scope, headers: Headers, trusted: tuple[Network, ...]) -> str:
    """Who asks: the last address in X-Forwarded-For that is no proxy of ours; for IPv6 its /64.

    All lines of the header are one list (RFC 9110, 5.3), read from the right: whatever a caller wrote stands left of
    what our proxies added. What is no address ends the reading, and the proxy that passed it on counts.
    """
    client = scope.get("client")
    peer: str = client[0] if client else ""
    if not trusted:
        return shared(peer)
    address = _parsed(peer)
    hops = ",".join(headers.getlist("x-forwarded-for")).split(",")
    while address is not None and is_in(address, trusted):
        hop = next(_from_right(hops), "")
        before = _parsed(_without_port(hop))
        if before is None:
            break
        address = before
    return peer if address is None else _counted(address)


def shared(address: str) -> str:
    """What an address counts as; anything that is none counts as itself."""
    if ":" not in address:
        return address
    parsed = _parsed(address)
    return address if parsed is None else _counted(parsed)


def is_trusted(address: str, trusted: tuple[Network, ...]) -> bool:
    """Whether an address is one of ours."""
    parsed = _parsed(address) if trusted else None
    return parsed is not None and is_in(parsed, trusted)


def is_in(address: Address, among: Iterable[Network]) -> bool:
    """Whether one of the networks holds the address."""
    return any(address in network for network in among)


def _from_right(hops: list[str]) -> Iterator[str]:
    while hops:
        hop = hops.pop().strip()
        if hop:
            yield hop


def _without_port(hop: str) -> str:
    """Some proxies write ``192.0.2.1:4711`` and ``[2001:db8::1]:4711``."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _parsed(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])  # a zone says which link, not who
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _counted(address: Address) -> str:
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((int(address), _HOME), strict=False))
