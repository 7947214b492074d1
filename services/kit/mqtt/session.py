"""A persistent MQTT session (QoS 1), one connection of it at a time.

A message's number belongs to its connection: acknowledged on another one, it would take a message away that nobody has
read. A connection that breaks is therefore never mended; whoever reads opens the next, and the broker sends again what
was not acknowledged.
"""

import asyncio
import contextlib
import ssl
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable, Sequence
from itertools import count
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

MOST = 500
"""Messages of one batch."""
LINGER_S = 0.02
"""How long a batch waits for more."""
MOST_HELD = 2_000
"""Messages in memory, before the connection is given up: the broker sends at most 500 that are not acknowledged."""
CONNECT_S = 5.0
KEEPALIVE_S = 10
SCHEMES = {"mqtt": 1883, "mqtts": 8883}


class BrokenError(Exception):
    """The connection is gone, or was refused."""


class Received(NamedTuple):
    """A message, and its number on this connection.

    One that was published at QoS 0 has none: the broker does not send it again, and closes the connection of who
    acknowledges it. Ours for it are negative.
    """

    topic: str
    payload: bytes
    number: int

    @property
    def comes_again(self) -> bool:
        """Whether the broker sends it again until it is acknowledged."""
        return self.number > 0


class Session:
    """What arrives on one connection. Another thread, of paho's own, puts it in; all else is the event loop's."""

    def __init__(self, client: Client, most_bytes: int) -> None:
        """Of a client that is about to connect; of a message no more than ``most_bytes`` and one are kept."""
        self._client = client
        self._most_bytes = most_bytes
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[Received] = deque()
        self._held: dict[int, float] = {}
        """When each came that is not acknowledged."""
        self._unnumbered = count(-1, -1)
        self._broken: str | None = None
        self._arrived = asyncio.Event()
        self.granted: asyncio.Future[None] = self._loop.create_future()
        client.on_message = self._take
        client.on_disconnect = self._end

    async def batch(self, seconds: float | None = None) -> list[Received]:
        """The next messages, as soon as there is one and others had a moment to join it. Raises BrokenError.

        None after so many ``seconds`` without any.
        """
        try:
            async with asyncio.timeout(seconds):
                await self._some()
        except TimeoutError:
            return []
        if len(self._waiting) < MOST:
            await asyncio.sleep(LINGER_S)
        self.check()
        return [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]

    async def _some(self) -> None:
        """Waits until something is there. Raises BrokenError."""
        while not self._waiting:
            self.check()
            self._arrived.clear()
            if not self._waiting and self._broken is None:
                await self._arrived.wait()

    def acknowledge(self, messages: Iterable[Received]) -> None:
        """They are stored: the broker may forget them. What does not reach it comes again."""
        for one in messages:
            if one.comes_again:
                self._client.ack(one.number, 1)
            self._held.pop(one.number, None)

    def leave(self, message: Received) -> None:
        """Cannot be taken in now: the broker sends it again later."""
        self._held.pop(message.number, None)

    def oldest(self) -> float:
        """Age of the oldest message that is not acknowledged, in seconds; 0 without one. For any thread."""
        since = min(list(self._held.values()), default=None)
        return 0.0 if since is None else time.monotonic() - since

    def check(self) -> None:
        """Raises BrokenError once the connection is gone."""
        if self._broken is not None:
            raise BrokenError(self._broken)

    def _take(self, client: Client, _: Any, message: MQTTMessage) -> None:
        if message.retain:  # an old one, kept for whoever comes later: this session saw it when it was new
            client.ack(message.mid, message.qos)
            return
        number = message.mid if message.qos else next(self._unnumbered)
        if number in self._held:  # sent again, while we still have it
            return
        self._held[number] = time.monotonic()
        self._waiting.append(Received(message.topic, bytes(message.payload[: self._most_bytes + 1]), number))
        if len(self._held) > MOST_HELD:
            self._tell("too many messages that are not acknowledged")
        elif not self._arrived.is_set():
            self._call(self._arrived.set)

    def _end(self, _: Client, __: Any, ___: Any, reason: Any, ____: Any) -> None:
        self._tell(str(reason))

    def _tell(self, why: str) -> None:
        self._call(self._break, why)

    def _break(self, why: str) -> None:
        self._broken = self._broken or why
        self._arrived.set()
        if not self.granted.done():
            self.granted.set_exception(BrokenError(why))

    def _grant(self) -> None:
        if not self.granted.done():
            self.granted.set_result(None)

    def _call(self, function: Any, *arguments: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the loop ended before this thread did
            self._loop.call_soon_threadsafe(function, *arguments)

    def subscribe(self, topics: Sequence[str]) -> None:
        """Asks for topics as soon as the connection stands; ``granted`` is done when it is."""

        def connected(client: Client, _: Any, __: Any, reason: Any, ___: Any) -> None:
            if reason.is_failure:
                self._tell(str(reason))
            else:
                client.subscribe([(each, 1) for each in topics])

        def subscribed(_: Client, __: Any, ___: Any, reasons: Any, ____: Any) -> None:
            if any(each.is_failure for each in reasons):
                self._tell(f"may not read {' and '.join(topics)}")
            else:
                self._call(self._grant)

        self._client.on_connect = connected
        self._client.on_subscribe = subscribed


@contextlib.asynccontextmanager
async def opened(
    url: str,
    user: str,
    password: str,
    client_id: str,
    topics: Sequence[str],
    trust: ssl.SSLContext | None,
    most_bytes: int,
) -> AsyncIterator[Session]:
    """A connection of the session ``client_id`` that reads topics (``mqtt://`` or ``mqtts://``).

    The session stays when it is closed. Raises BrokenError when nobody listens, or who listens refuses.
    """
    address = urlsplit(url)
    version = MQTTProtocolVersion.MQTTv311
    client = Client(
        CallbackAPIVersion.VERSION2, client_id, False, protocol=version, reconnect_on_failure=False, manual_ack=True
    )
    client.username_pw_set(user, password)
    client.connect_timeout = CONNECT_S
    if address.scheme == "mqtts":
        client.tls_set_context(trust or ssl.create_default_context())
    session = Session(client, most_bytes)
    session.subscribe(topics)
    try:
        try:
            port = address.port or SCHEMES[address.scheme]
            await asyncio.to_thread(client.connect, address.hostname or "", port, KEEPALIVE_S)
            client.loop_start()
            async with asyncio.timeout(CONNECT_S):
                await session.granted
        except (OSError, TimeoutError) as error:
            raise BrokenError(repr(error)) from error
        yield session
    finally:
        client.disconnect()
        await asyncio.to_thread(client.loop_stop)
        if session.granted.done() and not session.granted.cancelled():
            session.granted.exception()  # looked at, so that nobody complains of it
