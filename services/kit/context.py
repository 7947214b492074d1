"""What a running pillar has, without how it is used: all that a transaction needs to know of it."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import asyncpg
from nats.aio.client import Client

from services.kit.city import City
from services.kit.subjects import nudge_subject


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
    relay_due: asyncio.Event = field(default_factory=asyncio.Event)
    owner: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")

    def wake_relay(self) -> None:
        """Tells the relay, here or in another replica, that events wait."""
        self.relay_due.set()
        if self.bus is not None and self.bus.is_connected:
            asyncio.ensure_future(self._nudge(self.bus))  # noqa: RUF006 - best effort; the relay polls as well

    async def _nudge(self, bus: Client) -> None:
        with contextlib.suppress(Exception):  # a nudge lost costs one poll interval
            await bus.publish(nudge_subject(self.pillar), b"")
