"""Reads what devices publish, as long as this process owns the job.

A batch is stored in one transaction, fenced by the lease, and acknowledged after its commit. What was stored and not
acknowledged comes again and is known by its number in the device's run.
"""

import asyncio
import json
from collections.abc import Sequence

import structlog

from services.environment.broker import session
from services.environment.broker.session import BrokenError, Received, Session
from services.environment.devices import topics
from services.environment.ingest import hot
from services.environment.ingest.hot import Memory
from services.environment.ingest.model import MOST_BYTES, Arrived, Refusal, Verdict
from services.environment.pumps import actions as pumps
from services.environment.settings import EnvironmentSettings
from services.kit.certificates import nats_context
from services.kit.database.lease import Lease, LeaseLostError
from services.kit.errors import is_transient
from services.kit.runtime import Runtime

USER = "reader"
CLIENT = "environment_reader"
"""Name of the session, the same in every process; no device can have it, since a device's is its own name."""
TOPICS = tuple(topics.topic("+", what) for what in topics.SAYS)
PAUSE_S = 0.5

_log = structlog.get_logger()


def wanted(settings: EnvironmentSettings) -> bool:
    """Whether there is a broker to read from."""
    return bool(settings.mqtt_url)


async def read(runtime: Runtime, lease: Lease) -> None:
    """Reads for ever; a connection that breaks is followed by another. Raises LeaseLostError."""
    settings: EnvironmentSettings = runtime.settings
    password, trust = settings.mqtt_password.get_secret_value(), nats_context(settings.nats_ca_file)
    memory, told = Memory(), ""
    while True:
        try:
            connection = session.opened(settings.mqtt_url, USER, password, CLIENT, TOPICS, trust, MOST_BYTES)
            async with connection as broker:
                told = ""
                _log.info("reads devices")
                while True:
                    await _next(runtime, lease, memory, broker)
        except BrokenError as error:
            if str(error) != told:
                told = str(error)
                _log.warning("broker of devices not there", error=told)
        await asyncio.sleep(PAUSE_S)


async def _next(runtime: Runtime, lease: Lease, memory: Memory, broker: Session) -> None:
    """Takes the next batch in. One that fails for a reason of its own is taken message by message."""
    received = await broker.batch()
    if not await _take(runtime, lease, memory, broker, received):
        for one in received:
            if not await _take(runtime, lease, memory, broker, [one]):
                _log.error("a message cannot be stored, and comes again", topic=one.topic, bytes=len(one.payload))
                broker.leave(one)


async def _take(runtime: Runtime, lease: Lease, memory: Memory, broker: Session, received: Sequence[Received]) -> bool:
    """Stores messages and acknowledges them; again for as long as the database is away. False: they are at fault."""
    at = runtime.clock()
    arrived = [Arrived(_device(one), one.payload, at) for one in received if _is(topics.OBSERVATIONS, one)]
    answers = [one for one in received if _is(topics.ANSWERS, one)]
    told = False
    while True:
        try:
            async with runtime.transaction(lease=lease) as tx:
                verdicts = await hot.take(tx, memory, arrived) if arrived else []
                for one in answers:
                    await pumps.answered(tx, _device(one), one.payload)
            break
        except LeaseLostError:
            raise
        except Exception as error:
            memory.forget()
            if not is_transient(error):
                _log.warning("messages of devices", error=repr(error), exc_info=True)
                return False
            if not told:
                _log.warning("messages of devices wait", error=repr(error))
                told = True
        broker.check()
        await asyncio.sleep(PAUSE_S)
    broker.acknowledge(received)
    await _tell(runtime, arrived, verdicts)
    return True


def _device(one: Received) -> str:
    return topics.parts(one.topic)[0]


def _is(what: str, one: Received) -> bool:
    return topics.parts(one.topic)[1] == what


async def _tell(runtime: Runtime, arrived: Sequence[Arrived], verdicts: Sequence[Verdict]) -> None:
    """Tells devices that listen why a message was refused; MQTT has no words for it. Nobody waits for it."""
    bus = runtime.bus
    if bus is None or not bus.is_connected:
        return
    for one, verdict in zip(arrived, verdicts, strict=True):
        if isinstance(verdict, Refusal) and verdict is not Refusal.DEVICE_UNKNOWN:
            await bus.publish(topics.subject(one.device, topics.PROBLEMS), json.dumps({"reason": verdict}).encode())
