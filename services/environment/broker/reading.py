"""Stores what devices publish, batch by batch, as the owner of the job.

A batch is stored in one transaction, fenced by the lease. What comes again is known by its number in the device's run.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import nats.errors
import structlog

from services.environment.devices import topics
from services.environment.devices.topics import TOPICS
from services.environment.ingest import hot
from services.environment.ingest.hot import Memory
from services.environment.ingest.model import Arrived, Refusal
from services.environment.pumps import actions as pumps
from services.kit.database import Transaction
from services.kit.mqtt.session import Received
from services.kit.runtime import Runtime

Answer = tuple[str, Refusal]
"""A device, and why a message of its was refused."""

_log = structlog.get_logger()


@dataclass
class Inbox:
    """Takes in what devices publish."""

    memory: Memory = field(default_factory=Memory)

    async def take(self, runtime: Runtime, received: Sequence[Received], at: datetime) -> list[Answer]:
        """Stores messages; which were refused, and why."""
        async with runtime.transaction() as tx:
            return await _store(tx, self.memory, received, at)

    async def again(self, tx: Transaction, one: Received) -> None:
        """Stores a message that was set aside."""
        await _store(tx, Memory(), [one], tx.runtime.clock())

    def forget(self) -> None:
        """Knows nothing: a transaction did not commit."""
        self.memory.forget()

    async def tell(self, runtime: Runtime, answers: Sequence[Answer]) -> None:
        """Tells devices that listen why a message was refused; MQTT has no words for it."""
        bus = runtime.bus
        if bus is None or not bus.is_connected:
            return
        try:
            for device, why in answers:
                if why is not Refusal.DEVICE_UNKNOWN:
                    await bus.publish(TOPICS.subject(device, topics.PROBLEMS), json.dumps({"reason": why}).encode())
        except (OSError, nats.errors.Error) as error:
            _log.info("devices were not told", error=repr(error))


async def _store(tx: Transaction, memory: Memory, received: Sequence[Received], at: datetime) -> list[Answer]:
    """Stores messages that arrived at ``at``; which were refused, and why."""
    arrived = [Arrived(_device(one), one.payload, at) for one in received if _is(topics.OBSERVATIONS, one)]
    verdicts = await hot.take(tx, memory, arrived) if arrived else []
    for one in received:
        if _is(topics.ANSWERS, one):
            await pumps.answered(tx, _device(one), one.payload)
    found = zip(arrived, verdicts, strict=True)
    return [(one.device, verdict) for one, verdict in found if isinstance(verdict, Refusal)]


def _device(one: Received) -> str:
    return TOPICS.parts(one.topic)[0]


def _is(what: str, one: Received) -> bool:
    return TOPICS.parts(one.topic)[1] == what
