"""Nudges: a pillar that has committed events says so, and the gateway looks at once at what it shows of that pillar.

Core NATS without acknowledgement: a lost nudge costs a second or two, since everything is looked at every so often
anyway.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg

from gateway.settings import GatewaySettings
from services.kit import tasks
from services.kit.events.bus import connect
from services.kit.subjects import nudge_subject

_log = structlog.get_logger(__name__)
USER = "gateway"


class Nudges:
    """The gateway's subscription, with a NATS user of its own that may publish nothing."""

    def __init__(self, settings: GatewaySettings, *told: Callable[[str], None]) -> None:
        """Connects when started; each of ``told`` is called with the name of a pillar that nudges."""
        self._settings = settings
        self._told = told
        self._client: Client | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Connects in the background: the gateway serves without NATS too."""
        if self._settings.nats_url:
            self._task = asyncio.create_task(self._run(), name="nudges")

    async def stop(self) -> None:
        """Unsubscribes and disconnects."""
        if self._task is not None:
            await tasks.end(self._task)
        if self._client is not None:
            with suppress(Exception):  # it may be disconnected already
                await self._client.close()

    async def _run(self) -> None:
        seed = self._settings.nats_seed.get_secret_value()
        self._client = await connect(self._settings.nats_url, seed, USER, self._settings.nats_ca_file)
        await self._client.subscribe(nudge_subject("*"), cb=self._nudge)
        _log.info("pillars nudge")

    async def _nudge(self, message: Msg) -> None:
        for each in self._told:
            each(message.subject.rpartition(".")[2])
