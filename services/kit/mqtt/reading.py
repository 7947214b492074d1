"""Takes what comes over MQTT in, batch by batch, and sets aside what cannot be.

A batch is acknowledged after it was committed. What was committed and not acknowledged comes again: who takes it in
knows it, and does nothing twice.
"""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Protocol, TypeVar

import structlog

from observability.semconv import Metric
from services.kit.database import Transaction
from services.kit.database.lease import LeaseLostError
from services.kit.errors import is_transient
from services.kit.events import dead_letters
from services.kit.mqtt import aside, gauges, session
from services.kit.mqtt.aside import Failed
from services.kit.mqtt.session import BrokenError, Received, Session
from services.kit.mqtt.topics import Topics
from services.kit.runtime import Runtime

PAUSE_S = 0.5
REPLAY_S = 1.0
"""How often it is looked whether what was set aside is to be tried again."""

Answers = TypeVar("Answers")

_log = structlog.get_logger()


class Inbox(Protocol[Answers]):
    """Who takes messages in."""

    def take(self, runtime: Runtime, received: Sequence[Received], at: datetime) -> Awaitable[Answers]:
        """Stores messages that arrived at ``at``, and commits; what is to be told of them."""

    def again(self, tx: Transaction, one: Received) -> Awaitable[None]:
        """Stores a message that was set aside, in a transaction that is given."""

    def forget(self) -> None:
        """Knows nothing: a transaction did not commit."""

    def tell(self, runtime: Runtime, answers: Answers) -> Awaitable[None]:
        """Tells who sent them what became of messages. Nobody waits for it, and nothing that goes wrong is raised."""


@dataclass
class Reader(Generic[Answers]):
    """Who takes messages in, as the owner of the job; it outlives the connections that they come on."""

    runtime: Runtime
    """Fenced by the lease of the job."""
    topics: Topics
    inbox: Inbox[Answers]
    failed: Failed = field(default_factory=Failed)
    _replayed: float = 0.0

    async def next(self, broker: Session) -> None:
        """Takes the next batch in. One that fails for a reason of its own is taken message by message."""
        received = await broker.batch(REPLAY_S)
        if received and await self._fault(broker, received) is not None:
            for one in received:
                fault = await self._fault(broker, [one])
                if fault is not None:
                    await self._leave(broker, one, fault)
        if time.monotonic() - self._replayed >= REPLAY_S:
            self._replayed = time.monotonic()
            await self._replay()

    async def _fault(self, broker: Session, received: Sequence[Received]) -> Exception | None:
        """Stores messages and acknowledges them, after an outage of the database if need be; or why they cannot be."""
        at, told = self.runtime.clock(), False
        while True:
            try:
                answers = await self.inbox.take(self.runtime, received, at)
                break
            except LeaseLostError:
                raise
            except Exception as error:
                self.inbox.forget()
                if not is_transient(error):
                    _log.warning("messages of devices", root=self.topics.root, error=repr(error), exc_info=True)
                    return error
                if not told:
                    _log.warning("messages of devices wait", root=self.topics.root, error=repr(error))
                    told = True
            broker.check()
            await asyncio.sleep(PAUSE_S)
        broker.acknowledge(received)
        await self.inbox.tell(self.runtime, answers)
        return None

    async def _leave(self, broker: Session, one: Received, fault: Exception) -> None:
        """Leaves a message that cannot be stored with the broker, which sends it again; at last sets it aside."""
        # The class and reason only: a message of the database may hold row data.
        reason = str(getattr(fault, "reason", type(fault).__name__))
        if not self.failed.again(one):
            _log.error("a message cannot be stored, and comes again", topic=one.topic, reason=reason)
            broker.leave(one)
            return
        try:
            async with self.runtime.transaction() as tx:
                kept = await aside.put(tx, self.topics, one, reason)
        except LeaseLostError:
            raise
        except Exception as error:
            _log.warning("messages of devices", error=repr(error), exc_info=not is_transient(error))
            kept = False
        _log.error("a message cannot be stored", topic=one.topic, reason=reason, set_aside=kept)
        if kept:
            broker.acknowledge([one])
        else:
            broker.leave(one)

    async def _replay(self) -> None:
        """Tries what was set aside again, where that was asked for. An outage is told when the next batch meets it."""
        try:
            await dead_letters.replay(self.runtime, self.topics.root, self._again, ordered=False)
        except Exception as error:
            if not is_transient(error):
                raise

    async def _again(self, tx: Transaction, about: Mapping[str, str], payload: bytes) -> None:
        self.inbox.forget()  # whatever becomes of this transaction, the next batch reads what is there
        await self.inbox.again(tx, aside.found(about, payload))


@dataclass(frozen=True)
class Broker:
    """Where messages come from, and as whom they are read."""

    url: str
    user: str
    password: str
    client: str
    """Name of the session, the same in every process; nobody else can have it, since everybody's is their own name."""
    trust: ssl.SSLContext | None
    most_bytes: int
    """Of one message; more of it is not kept."""


async def read(reader: Reader[Answers], broker: Broker, age: Metric) -> None:
    """Reads for ever; a connection that breaks is followed by another. Raises LeaseLostError.

    ``age`` is the gauge of how old the oldest message is that was not stored.
    """
    told = ""
    with gauges.watched(age) as behind:
        while True:
            try:
                connection = session.opened(
                    broker.url, broker.user, broker.password, broker.client, reader.topics.read, broker.trust,
                    broker.most_bytes,
                )  # fmt: skip
                async with connection as opened:
                    told = ""
                    _log.info("reads devices", root=reader.topics.root)
                    behind.reads(opened)
                    while True:
                        await reader.next(opened)
            except BrokenError as error:
                behind.is_away()
                if str(error) != told:
                    told = str(error)
                    _log.warning("broker of devices not there", root=reader.topics.root, error=told)
            await asyncio.sleep(PAUSE_S)
