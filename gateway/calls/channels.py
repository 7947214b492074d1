"""Channels to the pillars that outlive their certificates: when the files are renewed, later calls go a new way."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import grpc
import grpc.aio
import structlog

from services.kit.certificates import Files

_log = structlog.get_logger(__name__)

LOOK_SECONDS = 60.0
"""How often the files are looked at. They are renewed days before they end."""

_OPTIONS: Any = [
    ("grpc.service_config", json.dumps({"loadBalancingConfig": [{"round_robin": {}}]})),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1000),
    # Connections end by age on the other side; the name is then looked up again, and new replicas are found.
    ("grpc.dns_min_time_between_resolutions_ms", 5_000),
    ("grpc.keepalive_time_ms", 300_000),  # servers refuse more frequent pings
]


class Channel:
    """What a generated stub takes for a channel; which real one a call goes through is decided at each call."""

    def __init__(self, target: str, credentials: grpc.ChannelCredentials | None) -> None:
        """It connects on first use; plain text without ``credentials``. Needs the running event loop."""
        self._target = target
        self.current = self._opened(credentials)

    def renew(self, credentials: grpc.ChannelCredentials) -> grpc.aio.Channel:
        """Sends later calls through a new channel; answers with the one before, for who lets its calls end."""
        before, self.current = self.current, self._opened(credentials)
        return before

    def _opened(self, credentials: grpc.ChannelCredentials | None) -> grpc.aio.Channel:
        if credentials is None:
            return grpc.aio.insecure_channel(self._target, _OPTIONS)
        return grpc.aio.secure_channel(self._target, credentials, _OPTIONS)

    def unary_unary(self, *args: Any, **kwargs: Any) -> Callable[..., Any]:
        """A method, as ``grpc.aio.Channel`` makes it."""
        channel, method = None, None

        def call(*call_args: Any, **call_kwargs: Any) -> Any:
            nonlocal channel, method
            if channel is not self.current or method is None:
                channel = self.current
                method = channel.unary_unary(*args, **kwargs)
            return method(*call_args, **call_kwargs)

        return call


class Channels:
    """A channel for each pillar, all with the same certificate."""

    def __init__(self, targets: dict[str, str], files: Files | None, grace: float) -> None:
        """``grace``: seconds that calls under way get when their channel ends. Without ``files``: plain text."""
        self._files = files
        self._grace = grace
        credentials = _credentials(files) if files else None
        self._channels = {name: Channel(target, credentials) for name, target in targets.items()}

    def __getitem__(self, pillar: str) -> Any:
        """What the stubs of a pillar take for a channel."""
        return self._channels[pillar]

    async def renewing(self, every: float = LOOK_SECONDS) -> None:
        """Looks for renewed files for ever; returns at once where there are none."""
        while self._files is not None:
            await asyncio.sleep(every)
            try:
                if self._files.changed():
                    await self._renew(_credentials(self._files))
            except OSError as error:  # half of a renewal; the next look finds the rest
                _log.warning("certificate not renewed", error=type(error).__name__)

    async def _renew(self, credentials: grpc.ChannelCredentials) -> None:
        before = [channel.renew(credentials) for channel in self._channels.values()]
        _log.info("certificate renewed")
        await asyncio.gather(*(each.close(self._grace) for each in before))

    async def close(self) -> None:
        """Closes them; calls under way get the grace."""
        await asyncio.gather(*(each.current.close(self._grace) for each in self._channels.values()))


def _credentials(files: Files) -> grpc.ChannelCredentials:
    authority, certificate, key = files.read()
    return grpc.ssl_channel_credentials(authority, key, certificate)
