"""The consumers of a pillar: one for each stream that its reactions need, those included that come to be later.

A pillar's own events are in its own stream. Which streams hold a shared event, the server knows: it is asked at start
and again and again, so that a pillar that begins to publish one is heard without a restart of those who listen.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nats.aio.client import Client

from services.kit.database.lease import Leases
from services.kit.events.bus import insist
from services.kit.events.consumer import Before, Consumer, Handler, Together
from services.kit.events.dead_letters import Replays
from services.kit.runtime import Runtime
from services.kit.subjects import event_subject, publisher

DISCOVER_S = 30.0

Handlers = Mapping[type[Any], Sequence[Handler]]


async def run(
    runtime: Runtime,
    bus: Client,
    leases: Leases,
    handlers: Handlers,
    before: Mapping[type[Any], Before] | None = None,
    together: Mapping[type[Any], Together] | None = None,
) -> None:
    """Reads every stream with events that have ``handlers``, while this process holds the stream's lease."""
    origins = {message: publisher(message.DESCRIPTOR.full_name) for message in handlers}
    shared = [message.DESCRIPTOR.full_name for message, pillar in origins.items() if pillar is None]
    reading: set[str] = set()
    replays = Replays(runtime)
    async with asyncio.TaskGroup() as group:

        def read(streams: Iterable[str]) -> None:
            for stream in sorted(set(streams) - reading):
                reading.add(stream)
                wanted = {message: handlers[message] for message, pillar in origins.items() if pillar in (None, stream)}
                consumer = Consumer(runtime, bus, stream, wanted, before, together, replays)
                group.create_task(leases.hold(f"consumer:{stream}", consumer.run))

        read(pillar for pillar in origins.values() if pillar is not None)
        while shared:
            for event_type in shared:
                read(await carriers(bus, event_type))
            await asyncio.sleep(DISCOVER_S)


async def carriers(bus: Client, event_type: str) -> list[str]:
    """Streams that hold events of a shared type, whoever publishes them."""
    answer = await insist(bus, "$JS.API.STREAM.NAMES", {"subject": event_subject(event_type, "*")})
    return list(answer.get("streams") or ())
