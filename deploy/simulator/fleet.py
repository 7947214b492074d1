"""The simulated devices: one per thing, each with its own connection, numbers and starts."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from deploy.simulator.stations import Panel
from deploy.simulator.world import Stream, World, boots, chance
from services.environment.devices import topics

MINUTE_S = 60
MOST_QUEUED = 1_000
"""Messages that a device keeps while the broker is away."""
AWAY_S = 10.0
"""How long a start takes."""


@dataclass
class Device:
    """A device: it numbers its starts by their time and its messages from zero on."""

    name: str
    password: str
    port: int
    streams: list[Stream]
    world: World
    panel: Panel | None = None
    """What switches its pumps."""
    boot: int = 0
    seq: int = 0
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        """Makes its client, which keeps what is not acknowledged and sends it again."""
        self.client = Client(CallbackAPIVersion.VERSION2, self.name)
        self.client.username_pw_set(self.name, self.password)
        self.client.max_queued_messages_set(MOST_QUEUED)
        self.client.reconnect_delay_set(1, 30)

    def start(self) -> None:
        """Begins to count anew, connects, and hears commands where it has pumps."""
        self.boot, self.seq = int(time.time()), 0
        if self.panel is not None:
            self.panel.restart(time.time())
            loop, commands = asyncio.get_running_loop(), topics.TOPICS.topic(self.name, topics.COMMANDS)
            self.client.on_connect = lambda client, *_: client.subscribe(commands)
            self.client.on_message = lambda _, __, told: _later(loop, self._obey, bytes(told.payload))
        self.client.connect_async("127.0.0.1", self.port, MINUTE_S)
        self.client.loop_start()

    def stop(self) -> None:
        """Goes away; what nobody acknowledged goes with it."""
        self.client.disconnect()
        self.client.loop_stop()

    def send(self, minute: float) -> None:
        """Measures and publishes all that is due in a minute (seconds since 1970)."""
        due = [one for one in self.streams if minute % max(one.period, MINUTE_S) < MINUTE_S]
        if due:
            self._measure(due, minute)

    def _obey(self, command: bytes) -> None:
        """Answers a command, and tells at once what its pumps do now."""
        assert self.panel is not None
        now, before = time.time(), len(self.panel.answers)
        answer = self.panel.hear(command, now)
        if answer is None:
            return
        self.client.publish(topics.TOPICS.topic(self.name, topics.ANSWERS), answer, qos=1)
        if len(self.panel.answers) > before:
            self._measure(self.streams, now)

    def _measure(self, due: list[Stream], at: float) -> None:
        series = [
            {"name": one.name, "unit": one.unit, "readings": [[int(at * 1000), self.world.value(one, at)]]}
            for one in due
        ]
        body = {"boot": self.boot, "seq": self.seq, "sent": int(time.time() * 1000), "series": series}
        self.seq += 1
        self.client.publish(topics.TOPICS.topic(self.name, topics.OBSERVATIONS), json.dumps(body).encode(), qos=1)


def fleet(
    world: World, streams: Iterable[Stream], passwords: dict[str, tuple[str, str]], port: int
) -> dict[str, Device]:
    """A device for each thing with a password, by the thing's code."""
    things: dict[str, list[Stream]] = defaultdict(list)
    for one in streams:
        things[one.thing].append(one)
    return {
        thing: Device(*passwords[thing], port, things[thing], world, _panel(world, things[thing]))
        for thing in passwords
    }


def _later(loop: asyncio.AbstractEventLoop, do: Callable[[bytes], None], command: bytes) -> None:
    """Does it in the loop's thread, which all else is done in; the client calls from its own."""
    loop.call_soon_threadsafe(do, command)


def _panel(world: World, streams: list[Stream]) -> Panel | None:
    counted = next((one for one in streams if one.observed == "pumps_running"), None)
    return world.panel(counted) if counted else None


async def live(devices: dict[str, Device]) -> None:
    """Each device measures once a minute, in a second of its own; runs until cancelled."""
    for device in devices.values():
        device.start()
    starting: set[asyncio.Task[None]] = set()
    try:
        second = int(time.time())
        while True:
            second += 1
            await asyncio.sleep(max(0.0, second - time.time()))
            minute = float(second - second % MINUTE_S)
            for thing, device in devices.items():
                if int(MINUTE_S * chance(thing, "second")) != second % MINUTE_S:
                    continue
                if boots(thing, minute):
                    task = asyncio.create_task(_restart(device))
                    starting.add(task)
                    task.add_done_callback(starting.discard)
                else:
                    device.send(minute)
    finally:
        for device in devices.values():
            with contextlib.suppress(Exception):
                device.client.disconnect()
        await asyncio.to_thread(lambda: [device.client.loop_stop() for device in devices.values()])


async def _restart(device: Device) -> None:
    """As after a power cut: what it measured meanwhile is not there, and its messages count from zero again."""
    await asyncio.to_thread(device.stop)
    await asyncio.sleep(AWAY_S)
    device.start()
