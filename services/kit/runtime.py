"""What a running pillar has: settings, database, city, clock and bus, handed to everything that needs them."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import asyncpg
from nats.aio.client import Client

from services.kit import database
from services.kit.caller import SYSTEM, Caller, Scope
from services.kit.city import City
from services.kit.lease import Lease
from services.kit.settings import Settings
from services.kit.subjects import nudge_subject


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


@dataclass
class Runtime:
    """Everything an action, reaction or timer may reach for."""

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

    def transaction(
        self, caller: Caller = SYSTEM, scope: Scope = Scope.ANY, *, lease: Lease | None = None
    ) -> AbstractAsyncContextManager[database.Transaction]:
        """Opens the one seam of every write; commits when the block ends well."""
        return database.transaction(self, caller, scope, lease)

    def snapshot(
        self, caller: Caller = SYSTEM, scope: Scope = Scope.ANY
    ) -> AbstractAsyncContextManager[database.Transaction]:
        """Opens what a read of several statements needs: one moment's view of everything, and no way to write."""
        return database.transaction(self, caller, scope, snapshot=True)

    def wake_relay(self) -> None:
        """Tells the relay, here or in another replica, that events wait."""
        self.relay_due.set()
        if self.bus is not None and self.bus.is_connected:
            asyncio.ensure_future(self._nudge(self.bus))  # noqa: RUF006 - best effort; the relay polls as well

    async def _nudge(self, bus: Client) -> None:
        with contextlib.suppress(Exception):  # a nudge lost costs one poll interval
            await bus.publish(nudge_subject(self.pillar), b"")


async def open_runtime(pillar: str, settings: Settings) -> Runtime:
    """Connects to the database and loads the city."""
    from services.kit.city import load_city

    city = load_city(settings.city)
    pool = await database.connect_pool(settings.postgres_url.get_secret_value(), pillar, settings.postgres_pool)
    return Runtime(pillar, settings, pool, city)
