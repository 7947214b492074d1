"""Payments as they happen: server-sent events for whoever waits, fed by one shared poll per payment.

A nudge of economy (``gateway.streams.nudges``) makes the polls look at once; without one they look every two seconds.
The poll only notices that something changed; what a listener is shown is read as that listener, who may see more than
others do.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import grpc
import msgspec
import structlog

from gateway.calls.pillars import Pillars
from gateway.streams.events import ALIVE, CHECK_SECONDS, HEARTBEAT_SECONDS, LONGEST_SECONDS, Looks, Room, Stream, event
from gateway.visitors.places import Places
from services.kit.caller import Caller
from smartcity.economy.v1 import payments_pb2 as pb2
from smartcity.economy.v1 import payments_views as views

Valid = Callable[[], Awaitable[bool]]
"""Whether a login still holds."""

_log = structlog.get_logger(__name__)

POLL_SECONDS = 2.0
"""Between two looks at a payment without a nudge."""
REST_SECONDS = 0.2
"""Shortest time between two looks at one payment, however many events nudge."""
LOOK_SECONDS = 1.5
"""How long one look at a payment may take."""
LOOKS = 16
"""Looks under way at the same time; a nudge wakes the polls of all payments."""
WAITING = frozenset({pb2.PAYMENT_STATE_CREATED, pb2.PAYMENT_STATE_PENDING})


def is_final(payment: pb2.Payment) -> bool:
    """Whether nobody need wait for the payment any more."""
    return payment.state not in WAITING


@dataclass
class _Watch:
    """A payment that somebody waits for. ``looks`` are the times that it looked otherwise than before."""

    listeners: int = 0
    looks: Looks = field(default_factory=Looks)
    seen: pb2.Payment | None = None
    nudged: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


class Live:
    """The payments that somebody waits for, and who waits."""

    def __init__(self, pillars: Pillars, places: Places) -> None:
        """``places`` bounds the streams, in all and of one address."""
        self._pillars = pillars
        self._watches: dict[str, _Watch] = {}
        self.room = Room(places, "your address", "read the payment")
        self._looks = asyncio.Semaphore(LOOKS)
        self._ending = asyncio.Event()

    @property
    def streams(self) -> int:
        """Streams that are open now."""
        return self.room.places.held

    @property
    def closed(self) -> bool:
        """Whether streams are to end."""
        return self._ending.is_set()

    async def pause(self, seconds: float) -> None:
        """Waits so long, or until streams are to end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ending.wait()

    @property
    def polls(self) -> int:
        """Payments that are looked at now."""
        return len(self._watches)

    def nudge(self, pillar: str) -> None:
        """Looks at every payment soon: something happened in that pillar."""
        if pillar == "economy":
            for watch in self._watches.values():
                watch.nudged.set()

    def close(self) -> None:
        """Ends all streams, so that a gateway that is told to stop can; their browsers find another one."""
        self._ending.set()
        for watch in self._watches.values():
            watch.looks.another()

    def stream(self, payment: pb2.Payment, caller: Caller, valid: Valid, address: str) -> Stream:
        """The events of a payment as an answer, beginning with how it stands; ``valid``: whether the login holds."""
        return Stream(self.events(payment, caller, valid), self.room, address)

    async def events(self, payment: pb2.Payment, caller: Caller, valid: Valid) -> AsyncGenerator[bytes, None]:
        """Bytes of the stream: the payment now and at each change, until it is final or long enough has passed.

        It ends with the login: a browser connects again, as whoever it is then.
        """
        yield _event(payment)
        clock = asyncio.get_running_loop().time
        checked, end = clock(), clock() + LONGEST_SECONDS
        if is_final(payment):
            return
        with self._watching(payment.id) as watch:
            known = 0
            while not self.closed and clock() < end and not is_final(payment):
                news = await watch.looks.past(known, min(HEARTBEAT_SECONDS, end - clock()))
                if clock() - checked >= CHECK_SECONDS:
                    checked = clock()
                    if not await valid():
                        return
                if not news:
                    yield ALIVE
                    continue
                looks = watch.looks.count
                newer = await self._read(payment.id, caller)
                if newer is None:
                    yield ALIVE
                    continue
                known = looks
                if newer != payment:
                    payment = newer
                    yield _event(payment)

    @contextmanager
    def _watching(self, id: str) -> Iterator[_Watch]:  # noqa: A002 - the payment's own word
        watch = self._watches.get(id)
        if watch is None:
            watch = self._watches[id] = _Watch()
            watch.task = asyncio.create_task(self._poll(id, watch), name="payment poll")
        watch.listeners += 1
        try:
            yield watch
        finally:
            watch.listeners -= 1
            if not watch.listeners:
                del self._watches[id]
                if watch.task is not None:
                    watch.task.cancel()

    async def _poll(self, id: str, watch: _Watch) -> None:  # noqa: A002
        while True:
            watch.nudged.clear()
            try:
                async with self._looks:
                    request = pb2.GetPaymentRequest(id=id)
                    found = await self._pillars.look(request, pb2.GetPaymentResponse, within=LOOK_SECONDS)
                if found.payment != watch.seen:
                    watch.seen = found.payment
                    watch.looks.another()
            except grpc.aio.AioRpcError:
                pass  # the next look comes soon enough
            except Exception:
                _log.exception("payment not looked at")
            await asyncio.sleep(REST_SECONDS)
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS - REST_SECONDS):
                    await watch.nudged.wait()

    async def _read(self, id: str, caller: Caller) -> pb2.Payment | None:  # noqa: A002
        """The payment as the caller may see it; None, after a moment, when it cannot be read now."""
        try:
            request = pb2.GetPaymentRequest(id=id)
            return (await self._pillars.call(request, caller)).payment
        except grpc.aio.AioRpcError as error:
            _log.warning("payment not read for a listener", code=error.code().name)
            await asyncio.sleep(POLL_SECONDS)
            return None


def _event(payment: pb2.Payment) -> bytes:
    return event("payment", msgspec.json.encode(views.payment(payment)), payment.etag)
