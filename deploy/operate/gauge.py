"""A device that a story owns: it measures twice a second and publishes over MQTT, as a real one would."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from deploy.operate.visitor import StoryError
from services.environment.devices import topics

EVERY_S = 0.5
WITHIN_S = 10.0
_KEEPALIVE_S = 10


@dataclass
class Gauge:
    """It is connected; ``level`` is what it sees of a datastream."""

    name: str
    client: Client
    datastream: str
    unit: str
    level: float
    boot: int = field(default_factory=lambda: int(time.time()))
    seq: int = 0

    async def shows(self, level: float) -> float:
        """Sees another level from now on, and publishes it; when (a moment of the event loop's clock) it began to."""
        began = asyncio.get_running_loop().time()
        self.level = level
        await self.measure()
        return began

    async def measure(self) -> None:
        """Publishes one reading at QoS 1. Raises StoryError when it is not acknowledged."""
        now = int(time.time() * 1000)
        series = [{"name": self.datastream, "unit": self.unit, "readings": [[now, self.level]]}]
        body = {"boot": self.boot, "seq": self.seq, "sent": now, "series": series}
        self.seq += 1
        topic = topics.TOPICS.topic(self.name, topics.OBSERVATIONS)
        sent = self.client.publish(topic, json.dumps(body).encode(), qos=1)
        try:
            await asyncio.to_thread(sent.wait_for_publish, WITHIN_S)
        except (RuntimeError, ValueError) as error:
            raise StoryError(f"the broker took no reading of {self.name}: {error}") from error
        if not sent.is_published():
            raise StoryError(f"the broker acknowledged no reading of {self.name} within {WITHIN_S:.0f} s")

    async def go_on(self) -> None:
        """Measures until cancelled, so that nobody else's reading of the same water is the only news."""
        while True:
            await asyncio.sleep(EVERY_S)
            await self.measure()


@asynccontextmanager
async def connected(
    name: str, password: str, port: int, datastream: str, unit: str, level: float
) -> AsyncIterator[Gauge]:
    """A gauge with its own credential at the broker on this machine. Raises StoryError when it is not let in."""
    answer: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    client = Client(CallbackAPIVersion.VERSION2, name, reconnect_on_failure=False)
    client.username_pw_set(name, password)

    def came(_: Client, __: Any, ___: Any, reason: Any, ____: Any) -> None:
        loop.call_soon_threadsafe(answer.put_nowait, str(reason) if reason.is_failure else "")

    client.on_connect = came
    try:
        await asyncio.to_thread(client.connect, "127.0.0.1", port, _KEEPALIVE_S)
        client.loop_start()
        async with asyncio.timeout(WITHIN_S):
            refused = await answer.get()
    except (OSError, TimeoutError) as error:
        raise StoryError(f"the broker does not answer {name} ({error!r}): see `smartcity status`") from error
    else:
        if refused:
            raise StoryError(f"the broker does not let {name} in: {refused}")
        yield Gauge(name, client, datastream, unit, level)
    finally:
        client.disconnect()
        await asyncio.to_thread(client.loop_stop)
