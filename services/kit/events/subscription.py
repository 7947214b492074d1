"""Pulls a durable consumer's messages in stream order, whatever was lost on the way.

One subscription has one reader (its process holds the consumer's lease). The server numbers what it delivers; when a
number is missing (a connection or a former reader died with messages in hand) the lost ones come again only after the
consumer's ack wait, behind newer ones. The subscription then holds everything back until all of them are there and
hands them out sorted, so that the events of an aggregate never overtake each other.
"""

import asyncio
import contextlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg

from services.kit.events.bus import insist

MOST = 500
"""Messages in one pull request, and in one transaction."""
EXPIRES_S = 10.0
HEARTBEAT_S = 2.0
ANSWER_S = 5.0
EXPIRED = "408"
"""Status of a request that has come to its end."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message with its place in the stream and in the consumer's deliveries."""

    message: Msg
    sequence: int
    number: int


class Subscription:
    """The pull side of the durable consumer ``durable`` on ``stream``."""

    def __init__(self, bus: Client, stream: str, durable: str) -> None:
        """Use ``batches`` afterwards; ``close`` ends it."""
        self._bus = bus
        self._stream = stream
        self._durable = durable
        self._arrived: asyncio.Queue[Delivery] = asyncio.Queue()
        self._asked = 0
        self._number = -1
        self._handed = 0
        self._subscription: Any = None
        self._heard = 0.0
        self._open = False
        self._lost = asyncio.Event()

    async def open(self) -> None:
        """Starts pulling; what a former reader left unacknowledged is waited for first."""
        self._inbox = self._bus.new_inbox()
        self._subscription = await self._bus.subscribe(self._inbox, cb=self._take, pending_msgs_limit=-1)
        self._lost.set()
        self._open = True

    async def close(self) -> None:
        """Stops pulling and gives back what was not handled yet, so that the next reader need not wait for it."""
        self._open = False
        if self._subscription is not None:
            async with asyncio.timeout(2.0):
                await self._subscription.drain()  # the server sends no more, and what it has sent is here then
        while not self._arrived.empty():
            await self._bus.publish(self._arrived.get_nowait().message.reply, b"-NAK")

    async def batch(self) -> list[Delivery]:
        """The next messages in order, at most ``MOST``; empty when none came within a second."""
        if self._lost.is_set():
            return await self._resume()
        await self._ask()
        try:
            async with asyncio.timeout(1.0):
                first = await self._arrived.get()
        except TimeoutError:
            if self._silent():
                self._lost.set()
            return []
        batch = [first]
        while len(batch) < MOST and not self._arrived.empty():
            batch.append(self._arrived.get_nowait())
        return self._in_order(batch)

    def _in_order(self, batch: list[Delivery]) -> list[Delivery]:
        """Checks that no delivery is missing; if one is, puts the batch back and resumes from what is pending."""
        for delivery in batch:
            if self._number >= 0 and delivery.number != self._number + 1:
                _log.info("deliveries were lost, waits for them", stream=self._stream, consumer=self._durable)
                self._put_back(batch)
                self._lost.set()
                return []
            self._number = delivery.number
        return self._hand_out(batch)

    async def _resume(self) -> list[Delivery]:
        """Collects everything delivered and not acknowledged, then hands it out sorted by stream sequence.

        What was handed out before and came again goes out first, by itself: it overtakes nothing, and whether its
        acknowledgement has arrived nobody knows. So does what a former reader acknowledged late. Of what is left
        everything is pending, so that it can be counted.
        """
        held: dict[int, Delivery] = {}
        loop, patience = asyncio.get_running_loop(), 0.0
        while True:
            while not self._arrived.empty():
                self._hold(held, self._arrived.get_nowait())
            info = await self._info()
            delivered = int(info["delivered"]["stream_seq"])
            if delivered < self._handed:
                self._handed = 0  # the stream was made anew, and counts from the beginning
            over = max(self._handed, int(info["ack_floor"]["stream_seq"]))
            if again := [one for sequence, one in sorted(held.items()) if sequence <= over]:
                self._put_back(one for sequence, one in held.items() if sequence > over)
                return again
            patience = patience or loop.time() + 2 * float(info["config"]["ack_wait"]) / 1e9 + ANSWER_S
            missing = int(info["num_ack_pending"]) - len(held)
            if missing <= 0 or loop.time() >= patience:
                break
            await self._gather(held, missing, delivered)
        self._number = int(info["delivered"]["consumer_seq"])
        self._lost.clear()
        return self._hand_out([held[sequence] for sequence in sorted(held)])

    async def _gather(self, held: dict[int, Delivery], missing: int, delivered: int) -> None:
        """Waits for so many of what was delivered up to this sequence. Some of it may be acknowledged meanwhile, and
        never come: after half a second it is looked anew.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                while missing > 0:
                    await self._ask()
                    delivery = await self._arrived.get()
                    if self._hold(held, delivery) and delivery.sequence <= delivered:
                        missing -= 1
        self._silent()

    def _hold(self, held: dict[int, Delivery], delivery: Delivery) -> bool:
        """Keeps the newest delivery of a message; whether it is the first."""
        first = delivery.sequence not in held
        held[delivery.sequence] = delivery
        return first

    def _hand_out(self, batch: list[Delivery]) -> list[Delivery]:
        self._handed = max([self._handed, *(delivery.sequence for delivery in batch)])
        return batch

    def _put_back(self, deliveries: Iterable[Delivery]) -> None:
        for delivery in deliveries:
            self._arrived.put_nowait(delivery)

    def _silent(self) -> bool:
        """Whether the server has forgotten our request: not even heartbeats come. It is then asked anew."""
        now = asyncio.get_running_loop().time()
        if now - self._heard <= 3 * HEARTBEAT_S:
            return False
        self._asked, self._heard = 0, now
        return True

    async def _ask(self) -> None:
        """Keeps a pull request open for about one batch."""
        if self._asked > MOST // 2:
            return
        want = MOST - self._asked
        request = {"batch": want, "expires": int(EXPIRES_S * 1e9), "idle_heartbeat": int(HEARTBEAT_S * 1e9)}
        self._asked += want
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{self._stream}.{self._durable}"
        await self._bus.publish(subject, json.dumps(request).encode(), reply=self._inbox)

    async def _take(self, message: Msg) -> None:
        self._heard = asyncio.get_running_loop().time()
        status = (message.headers or {}).get("Status") if message.headers and not message.reply else None
        if status is not None:
            self._take_status(status, message.headers or {})
            if status == EXPIRED and self._open:  # else what comes while a batch is waited for would wait with it
                await self._ask()
            return
        if not message.reply.startswith("$JS.ACK."):
            return
        self._asked = max(0, self._asked - 1)
        # $JS.ACK.<stream>.<consumer>.<delivered>.<stream seq>.<consumer seq>.<time>.<pending>
        tokens = message.reply.split(".")
        self._arrived.put_nowait(Delivery(message, int(tokens[-4]), int(tokens[-3])))

    def _take_status(self, status: str, head: dict[str, str]) -> None:
        """A request ended (408 expired, 409 consumer or server went away, 404) or a heartbeat (100) came."""
        if status == "100":
            return
        left = int(head.get("Nats-Pending-Messages", self._asked) or 0)
        self._asked = max(0, self._asked - left)
        if status == "503":
            self._asked = 0

    async def _info(self) -> dict[str, Any]:
        return await insist(self._bus, f"$JS.API.CONSUMER.INFO.{self._stream}.{self._durable}")
