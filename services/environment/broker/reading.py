"""Takes what devices publish in, batch by batch, and sets aside what cannot be.

A batch is stored in one transaction, fenced by the lease, and acknowledged after its commit. What was stored and not
acknowledged comes again and is known by its number in the device's run.
"""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import nats.errors
import structlog

from services.environment.broker import aside
from services.environment.broker.aside import Failed
from services.environment.broker.session import Received, Session
from services.environment.devices import topics
from services.environment.ingest import hot
from services.environment.ingest.hot import Memory
from services.environment.ingest.model import Arrived, Refusal
from services.environment.pumps import actions as pumps
from services.kit.database import Transaction
from services.kit.database.lease import LeaseLostError
from services.kit.errors import is_transient
from services.kit.events import dead_letters
from services.kit.runtime import Runtime

PAUSE_S = 0.5
REPLAY_S = 1.0
"""How often it is looked whether what was set aside is to be tried again."""

Answer = tuple[str, Refusal]
"""A device, and why a message of its was refused."""

_log = structlog.get_logger()


@dataclass
class Reader:
    """Who takes messages in, as the owner of the job; it outlives the connections that they come on."""

    runtime: Runtime
    """Fenced by the lease of the job."""
    memory: Memory = field(default_factory=Memory)
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
                async with self.runtime.transaction() as tx:
                    refused = await _store(tx, self.memory, received, at)
                break
            except LeaseLostError:
                raise
            except Exception as error:
                self.memory.forget()
                if not is_transient(error):
                    _log.warning("messages of devices", error=repr(error), exc_info=True)
                    return error
                if not told:
                    _log.warning("messages of devices wait", error=repr(error))
                    told = True
            broker.check()
            await asyncio.sleep(PAUSE_S)
        broker.acknowledge(received)
        await tell(self.runtime, refused)
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
                kept = await aside.put(tx, one, reason)
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
            await dead_letters.replay(self.runtime, aside.CONSUMER, self._again)
        except Exception as error:
            if not is_transient(error):
                raise

    async def _again(self, tx: Transaction, about: Mapping[str, str], payload: bytes) -> None:
        self.memory.forget()  # whatever becomes of this transaction, the next batch reads what is there
        await _store(tx, Memory(), [aside.found(about, payload)], self.runtime.clock())


async def _store(tx: Transaction, memory: Memory, received: Sequence[Received], at: datetime) -> list[Answer]:
    """Stores messages that arrived at ``at``; which were refused, and why."""
    arrived = [Arrived(_device(one), one.payload, at) for one in received if _is(topics.OBSERVATIONS, one)]
    verdicts = await hot.take(tx, memory, arrived) if arrived else []
    for one in received:
        if _is(topics.ANSWERS, one):
            await pumps.answered(tx, _device(one), one.payload)
    found = zip(arrived, verdicts, strict=True)
    return [(one.device, verdict) for one, verdict in found if isinstance(verdict, Refusal)]


async def tell(runtime: Runtime, refused: Sequence[Answer]) -> None:
    """Tells devices that listen why a message was refused; MQTT has no words for it. Nobody waits for it."""
    bus = runtime.bus
    if bus is None or not bus.is_connected:
        return
    try:
        for device, why in refused:
            if why is not Refusal.DEVICE_UNKNOWN:
                await bus.publish(topics.subject(device, topics.PROBLEMS), json.dumps({"reason": why}).encode())
    except (OSError, nats.errors.Error) as error:
        _log.info("devices were not told", error=repr(error))


def _device(one: Received) -> str:
    return topics.parts(one.topic)[0]


def _is(what: str, one: Received) -> bool:
    return topics.parts(one.topic)[1] == what
