"""The parts of a running gateway, in one place; routes find them at ``request.app.state.gateway``."""

import ipaddress
from dataclasses import dataclass, field

import asyncpg
from starlette.requests import Request

from gateway.callers.bearers import Bearers
from gateway.callers.limits import Limits
from gateway.callers.provider import Provider
from gateway.callers.renewal import Renewals
from gateway.callers.session import Sessions
from gateway.calls.pillars import Pillars
from gateway.city.home import Home
from gateway.city.reference import Reference
from gateway.photos.images import Images
from gateway.photos.store import Files
from gateway.settings import GatewaySettings
from gateway.streams.payments import Live
from services.kit.city import City


@dataclass
class Gateway:
    """What the routes work with."""

    settings: GatewaySettings
    city: City
    reference: Reference
    pool: "asyncpg.Pool[asyncpg.Record]"
    pillars: Pillars
    home: Home
    live: Live
    sessions: Sessions
    renewals: Renewals
    provider: Provider
    bearers: Bearers
    limits: Limits
    files: Files
    images: Images
    draining: bool = False
    """Set by ``drain``: not ready any more, but still answering."""
    trusted: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Reads the networks of trusted proxies."""
        given = (each.strip() for each in self.settings.trusted_proxies.split(","))
        self.trusted = tuple(ipaddress.ip_network(each) for each in given if each)

    def drain(self) -> None:
        """Called on SIGTERM: says "not ready", and ends the streams, which would hold up the end."""
        self.draining = True
        self.live.close()


def current_gateway(request: Request) -> Gateway:
    """Dependency: the running gateway."""
    gateway: Gateway = request.app.state.gateway
    return gateway
