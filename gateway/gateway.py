"""The parts of a running gateway, in one place; routes find them at ``request.app.state.gateway``."""

from dataclasses import dataclass, field

import asyncpg
from starlette.requests import Request

from gateway.callers.bearers import Bearers
from gateway.callers.limits import Limits
from gateway.callers.provider import Provider
from gateway.callers.renewal import Renewals
from gateway.callers.session import Sessions
from gateway.calls.pillars import Pillars
from gateway.city.alerts import ServiceAlerts
from gateway.city.bulletins import Bulletins
from gateway.city.calendar import Calendar
from gateway.city.home import Home
from gateway.city.measuring import Measuring
from gateway.city.reference import Reference
from gateway.city.vehicles import Vehicles
from gateway.drafts.held import HeldForms
from gateway.drafts.photos import DraftPhotos
from gateway.drafts.store import Drafts
from gateway.photos.images import Images
from gateway.photos.orphans import Orphans
from gateway.photos.store import Files
from gateway.settings import GatewaySettings
from gateway.streams.control_room import Desks
from gateway.streams.dispatch import Dispatchers
from gateway.streams.payments import Live
from gateway.streams.stories import Stories
from gateway.streams.vehicles import Fleet
from gateway.visitors.addresses import Network, networks
from gateway.visitors.places import Places
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
    bulletins: Bulletins
    live: Live
    measuring: Measuring
    desks: Desks
    dispatchers: Dispatchers
    sessions: Sessions
    renewals: Renewals
    provider: Provider
    bearers: Bearers
    limits: Limits
    files: Files
    images: Images
    orphans: Orphans
    drafts: Drafts
    held: HeldForms
    draft_photos: DraftPhotos
    draining: bool = False
    """Set by ``drain``: not ready any more, but still answering."""
    trusted: tuple[Network, ...] = field(init=False)
    vehicles: Vehicles = field(init=False)
    service_alerts: ServiceAlerts = field(init=False)
    calendar: Calendar = field(init=False)

    def __post_init__(self) -> None:
        """Reads the networks of trusted proxies, and makes what is read of pillars for everybody."""
        self.trusted = networks(self.settings.trusted_proxies)
        self.vehicles = Vehicles(self.pillars)
        places = Places(self.settings.streams, self.settings.streams_per_address)
        self.fleet = Fleet(self.live, self.vehicles.rows, places)
        places = Places(self.settings.streams, self.settings.streams_per_address)
        self.stories = Stories(self.live, self.pillars, places)
        self.service_alerts = ServiceAlerts(self.pillars)
        self.calendar = Calendar(self.pillars, self.settings.public_url)

    @property
    def listeners(self) -> int:
        """Streams of events that are open, of whatever kind."""
        return sum(one.room.places.held for one in (self.live, self.desks, self.dispatchers, self.fleet, self.stories))

    @property
    def unready(self) -> str:
        """Why no request should be sent here yet, or any more; empty when it may.

        What the gateway depends on does not count later: with a dead pillar, database or provider the rest of the pages
        still answers, and taking every gateway out at once would turn a part's outage into everybody's.
        """
        if self.draining:
            return "draining"
        return "" if self.home.tried else "sections are being fetched"

    def drain(self) -> None:
        """Called on SIGTERM: says "not ready", and ends the streams, which would hold up the end."""
        self.draining = True
        self.live.close()
        self.desks.close()
        self.dispatchers.close()


def current_gateway(request: Request) -> Gateway:
    """Dependency: the running gateway."""
    gateway: Gateway = request.app.state.gateway
    return gateway
