"""Sends commands to devices until they are answered, and lets those time out that nobody answers.

What is published here may not arrive, and what arrives may not be known to have: a command is sent again until its
device answers or may no longer obey, and the device knows by its id that it has obeyed already.
"""

import json

import nats.errors
import structlog

from services.environment.devices import topics
from services.environment.pumps import actions
from services.environment.pumps.model import Command
from services.kit.runtime import Runtime

FLUSH_S = 2

_log = structlog.get_logger()


async def deliver(runtime: Runtime) -> None:
    """Sends what is to be sent now, once; what cannot be sent waits."""
    async with runtime.transaction() as tx:
        await actions.expire(tx)
        commands = await actions.to_send(tx)
    bus = runtime.bus
    if not commands or bus is None or not bus.is_connected:
        return
    try:
        for one in commands:
            await bus.publish(topics.TOPICS.subject(one.device, topics.COMMANDS), message(one))
        await bus.flush(FLUSH_S)
    except (nats.errors.Error, OSError, TimeoutError) as error:
        _log.warning("commands to pumps wait", error=repr(error))
        return
    async with runtime.transaction() as tx:
        await actions.sent(tx, commands)


def message(command: Command) -> bytes:
    """A command as its device reads it; the deadline is in milliseconds since 1970."""
    deadline = int(command.deadline_at.timestamp() * 1000)
    return json.dumps({"command": str(command.id), "pumps": command.pumps, "deadline": deadline}).encode()
