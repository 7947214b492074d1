"""Nudges: a pillar that has committed events says so, and the gateway fetches that pillar's section at once.

Core NATS without acknowledgement: a lost nudge costs a second, since each section is fetched every second anyway.
"""

import asyncio
from contextlib import suppress

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg

from gateway.home import Home
from gateway.settings import GatewaySettings
from services.kit.bus import connect
from services.kit.subjects import nudge_subject

_log = structlog.get_logger(__name__)
USER = "gateway"


class Nudges:
    """The gateway's subscription, with a NATS user of its own that may publish nothing."""

    def __init__(self, settings: GatewaySettings, home: Home) -> None:
        """Connects when started."""
        self._settings = settings
        self._home = home
        self._client: Client | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Connects in the background: the gateway serves without NATS too."""
        if self._settings.nats_url:
            self._task = asyncio.create_task(self._run(), name="nudges")

    async def stop(self) -> None:
        """Unsubscribes and disconnects."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._client is not None:
            with suppress(Exception):  # it may be disconnected already
                await self._client.close()

    async def _run(self) -> None:
        self._client = await connect(self._settings.nats_url, self._settings.nats_seed.get_secret_value(), USER)
        await self._client.subscribe(nudge_subject("*"), cb=self._nudge)
        _log.info("pillars nudge the sections")

    async def _nudge(self, message: Msg) -> None:
        self._home.nudge(message.subject.rpartition(".")[2])
