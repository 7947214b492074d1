"""The connections of this process: how many there may be, who holds them, and which one gives way.

Nobody is turned away while somebody else only keeps a connection for later: the one that has rested longest is closed,
of the same address where the address has used up its own, else of all. Only when every connection has a request under
way is the next one refused.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Protocol

from gateway.answers.problems import Problem
from gateway.settings import GatewaySettings
from gateway.visitors.addresses import is_trusted, networks, shared
from gateway.visitors.places import Places

_LEAVING = 256
"""Refused connections that may stay a moment to read why; more than that are cut off."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What one connection may do. Times are seconds."""

    head_seconds: float
    """From the first byte of a request to the end of its headers."""
    idle_seconds: float
    """Without a request."""
    stall_seconds: float
    """Span over which the slowest rate is measured, each way; also what the kernel waits for acknowledgements."""
    slowest_rate: float
    """Bytes a second at which a body has to come and an answer has to be taken."""
    linger_seconds: float = 2.0
    """How long the refused are still listened to, so that they read the answer instead of a reset."""
    tick_seconds: float = 1.0
    """Between two looks at a connection."""
    head_bytes: int = 16 * 1024
    """Request line and headers together; also trailers, and what lies between two pieces of a chunked body."""
    line_bytes: int = 8 * 1024
    """Address of a request."""
    head_lines: int = 100
    """Headers of a request."""
    pipeline: int = 16
    """Requests that wait behind the one that is being answered."""

    @classmethod
    def of(cls, settings: GatewaySettings) -> "Rules":
        """As the settings have them; the look is often enough for short times, as tests use them."""
        times = (settings.head_seconds, settings.idle_seconds, settings.stall_seconds)
        return cls(*times, settings.slowest_rate, tick_seconds=min(1.0, min(times) / 5))


class Connection(Protocol):
    """What the table knows of a connection."""

    def give_way(self) -> None:
        """Closes a connection that rests."""


class Connections:
    """All connections of this process."""

    def __init__(self, settings: GatewaySettings) -> None:
        """Takes the bounds from the settings. Proxies of ours share no bound: they bring everybody."""
        self.rules = Rules.of(settings)
        self.draining = False
        """Whether this process ends soon: each answer is then the last one on its connection, so that its next request
        goes to another process, instead of meeting the end of this one.
        """
        self._trusted = networks(settings.trusted_proxies)
        self._places = Places(settings.connections, settings.connections_per_address)
        self._entered: dict[Connection, str] = {}
        self._resting: dict[Connection, None] = {}
        self._resting_of: defaultdict[str, dict[Connection, None]] = defaultdict(dict)
        self._leaving = 0

    @property
    def open(self) -> int:
        """Connections that hold a place."""
        return self._places.held

    @property
    def resting(self) -> int:
        """Those without a request."""
        return len(self._resting)

    def enter(self, connection: Connection, peer: str) -> Problem | None:
        """Gives a new connection its place; else says why there is none."""
        address = shared(peer)
        places = self._places
        if places.is_full_for(address) and not is_trusted(peer, self._trusted):
            if not self._make_room(self._resting_of.get(address)):
                detail = f"{places.most_each} connections from your address are at work. Wait for one of them to end."
                return Problem(429, "TOO_MANY_CONNECTIONS", detail, headers={"retry-after": "5"})
        elif places.full and not self._make_room(self._resting):
            detail = "Very many connections are at work right now. Try again in a moment."
            return Problem(503, "CONNECTIONS_FULL", detail, headers={"retry-after": "5"})
        places.take(address)
        self._entered[connection] = address
        return None

    def leave(self, connection: Connection) -> None:
        """The connection is gone, or as good as gone; may be said more than once."""
        address = self._entered.pop(connection, None)
        if address is not None:
            self.wake(connection, address)
            self._places.give_back(address)

    def rest(self, connection: Connection) -> None:
        """The connection has no request now."""
        address = self._entered.get(connection)
        if address is not None:
            self._resting[connection] = None
            self._resting_of[address][connection] = None

    def wake(self, connection: Connection, address: str | None = None) -> None:
        """A request has begun."""
        address = address or self._entered.get(connection)
        if address is None or connection not in self._resting:
            return
        del self._resting[connection]
        mine = self._resting_of[address]
        del mine[connection]
        if not mine:
            del self._resting_of[address]

    def may_linger(self) -> bool:
        """Whether a refused connection may stay a moment; ``lingered`` gives that back."""
        if self._leaving >= _LEAVING:
            return False
        self._leaving += 1
        return True

    def lingered(self) -> None:
        """A refused connection is gone."""
        self._leaving -= 1

    def _make_room(self, resting: dict[Connection, None] | None) -> bool:
        if not resting:
            return False
        oldest = next(iter(resting))
        self.leave(oldest)
        oldest.give_way()
        return True
