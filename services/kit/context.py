"""What a running pillar has, without how it is used: all that a transaction needs to know of it."""

import asyncio
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import asyncpg
from nats.aio.client import Client

from services.kit.city import City
from services.kit.outage import Outage
from services.kit.subjects import nudge_subject

NUDGE_REST_S = 0.05
"""Shortest time between two nudges, however many transactions emit."""

SPARE = 2
"""Connections that calls which write leave to everything else: reads, leases, relay and reactions would stand behind
all who write at the same moment."""


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


@dataclass
class Context:
    """What an action finds at ``tx.runtime``."""

    pillar: str
    settings: Any
    """The pillar's own settings class (``Settings`` or a subclass)."""
    pool: "asyncpg.Pool[asyncpg.Record]"
    city: City
    bus: Client | None = None
    clock: Callable[[], datetime] = utc_now
    extra: Any = None
    """What the pillar's ``prepare`` returned: its own resources."""
    masking: bytes = field(default_factory=lambda: os.urandom(32), repr=False)
    """Key under which idempotency knows personal data (``database/masking.py``): ``prepare`` makes it of the pillar's
    secret. Where it has none, requests with such data are refused, and the key is of no use to anybody.
    """
    outage: Outage = field(default_factory=Outage)
    """Of the mail server, whatever is mailed."""
    relay_due: asyncio.Event = field(default_factory=asyncio.Event)
    owner: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")

    _nudging: bool = field(default=False, init=False)
    _nudge_due: bool = field(default=False, init=False)

    @cached_property
    def calling(self) -> asyncio.Semaphore:
        """Held by a call while it writes."""
        return asyncio.Semaphore(max(1, self.pool.get_max_size() - SPARE))

    def wake_relay(self) -> None:
        """Tells the relay, here or in another replica, and the gateways that events wait."""
        self.relay_due.set()
        self._nudge_due = True
        if self.bus is not None and self.bus.is_connected and not self._nudging:
            self._nudging = True
            asyncio.ensure_future(self._nudge(self.bus))  # noqa: RUF006 - best effort; the relay polls as well

    async def _nudge(self, bus: Client) -> None:
        """Nudges at once, and once more for all that comes while it rests."""
        try:
            while self._nudge_due:
                self._nudge_due = False
                await bus.publish(nudge_subject(self.pillar), self.owner.encode())
                await asyncio.sleep(NUDGE_REST_S)
        except Exception:  # noqa: S110 - a nudge lost costs one poll interval
            pass
        finally:
            self._nudging = False
