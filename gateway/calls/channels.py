"""Channels to the pillars that outlive their certificates and their pods.

When the files are renewed, later calls go a new way; so they do when nobody is left on the old one.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import grpc
import grpc.aio
import structlog

from services.kit import tasks
from services.kit.certificates import Files
from services.kit.rpc.contract import MOST_ANSWER_BYTES

_log = structlog.get_logger(__name__)

LOOK_SECONDS = 60.0
"""How often the files are looked at. They are renewed days before they end."""

ANEW_SECONDS = 2.0
"""How often, at most, a channel that reaches nobody is replaced."""

LONGEST_CALL_SECONDS = 30.0
"""What calls under way get on a channel that was replaced: longer than the deadline of any."""

_OPTIONS: Any = [
    ("grpc.max_receive_message_length", MOST_ANSWER_BYTES),
    ("grpc.service_config", json.dumps({"loadBalancingConfig": [{"round_robin": {}}]})),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1000),
    # Of how long an attempt to connect may take, this is the least: a pod that begins is slow to shake hands.
    ("grpc.min_reconnect_backoff_ms", 1000),
    # The name is looked up again when a connection ends, by age on the other side or because its pod went, and at every
    # attempt that fails: at most this often, so that no more than a second is lost once DNS knows better.
    ("grpc.dns_min_time_between_resolutions_ms", 1000),
    ("grpc.keepalive_time_ms", 300_000),  # servers refuse more frequent pings
    # How long what was sent may wait for the kernel on the other side: a node that is gone says nothing of it.
    ("grpc.keepalive_timeout_ms", 4000),
]


class Channel:
    """What a generated stub takes for a channel; which real one a call goes through is decided at each call."""

    def __init__(self, target: str, credentials: grpc.ChannelCredentials | None, grace: float) -> None:
        """It connects on first use; plain text without ``credentials``. Needs the running event loop.

        ``grace``: seconds that calls under way get when it closes.
        """
        self._target = target
        self._grace = grace
        self._ending: set[asyncio.Task[None]] = set()
        self._open(credentials)

    def renew(self, credentials: grpc.ChannelCredentials | None) -> None:
        """Sends later calls through a new channel; the one before ends when its calls have."""
        ending = asyncio.create_task(self.current.close(LONGEST_CALL_SECONDS))
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)
        self._open(credentials)

    async def close(self) -> None:
        """Closes it, and what still ends; calls under way get the grace."""
        await self.current.close(self._grace)
        await tasks.end(*self._ending)

    def _open(self, credentials: grpc.ChannelCredentials | None) -> None:
        self._credentials = credentials
        self._opened_at = asyncio.get_running_loop().time()
        if credentials is None:
            self.current = grpc.aio.insecure_channel(self._target, _OPTIONS)
        else:
            self.current = grpc.aio.secure_channel(self._target, credentials, _OPTIONS)

    def _look_anew(self) -> None:
        """Opens a new channel where the present one reaches nobody.

        A channel whose name once led to nobody waits longer and longer before it looks it up again, two minutes in the
        end, whatever is asked of it. A new one looks at once.
        """
        if self.current.get_state() is not grpc.ChannelConnectivity.TRANSIENT_FAILURE:
            return
        if asyncio.get_running_loop().time() - self._opened_at >= ANEW_SECONDS:
            self.renew(self._credentials)

    def unary_unary(self, *args: Any, **kwargs: Any) -> Callable[..., Any]:
        """A method, as ``grpc.aio.Channel`` makes it."""
        channel, method = None, None

        def call(*call_args: Any, **call_kwargs: Any) -> Any:
            nonlocal channel, method
            self._look_anew()
            if channel is not self.current or method is None:
                channel = self.current
                method = channel.unary_unary(*args, **kwargs)
            return method(*call_args, **call_kwargs)

        return call


class Channels:
    """A channel for each pillar, all with the same certificate."""

    def __init__(self, targets: dict[str, str], files: Files | None, grace: float) -> None:
        """``grace``: seconds that calls under way get at the close. Without ``files``: plain text."""
        self._files = files
        credentials = _credentials(files) if files else None
        self._channels = {name: Channel(target, credentials, grace) for name, target in targets.items()}

    def __getitem__(self, pillar: str) -> Any:
        """What the stubs of a pillar take for a channel."""
        return self._channels[pillar]

    async def renewing(self, every: float = LOOK_SECONDS) -> None:
        """Looks for renewed files for ever; returns at once where there are none."""
        while self._files is not None:
            await asyncio.sleep(every)
            try:
                if self._files.changed():
                    self._renew(_credentials(self._files))
            except OSError as error:  # half of a renewal; the next look finds the rest
                _log.warning("certificate not renewed", error=type(error).__name__)

    def _renew(self, credentials: grpc.ChannelCredentials) -> None:
        for channel in self._channels.values():
            channel.renew(credentials)
        _log.info("certificate renewed")

    async def close(self) -> None:
        """Closes them; calls under way get the grace."""
        await asyncio.gather(*(each.close() for each in self._channels.values()))


def _credentials(files: Files) -> grpc.ChannelCredentials:
    authority, certificate, key = files.read()
    return grpc.ssl_channel_credentials(authority, key, certificate)
