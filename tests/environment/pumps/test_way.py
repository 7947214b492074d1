"""The way of a command to a device that speaks MQTT, and of its answer back."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deploy.simulator.fleet import fleet
from deploy.simulator.world import Stream, World
from services.environment.observations.timers import keep_weeks
from services.environment.pumps import delivering
from services.kit.events import bus
from smartcity.environment.v1 import pumps_pb2 as pb
from tests.environment.broker.door import PILLAR, Device, Door, open_door
from tests.environment.pumps.switching import Pumping, state
from tests.environment.sensing import Sensing

SECONDS = 10.0


@pytest.fixture(scope="module")
def door(servers_home: Path) -> Iterator[Door]:
    """A NATS that lets devices in, and where somebody has read them before."""
    with open_door(servers_home / "pumps") as made:
        asyncio.run(made.begin_session())
        yield made


@pytest.fixture
async def one(sensing: Sensing, door: Door) -> AsyncIterator[Pumping]:
    """A station whose pillar is at the broker, as long as somebody answers for its device."""
    made, runtime = await Pumping.made(sensing), sensing.served.runtime
    before, runtime.bus = runtime.bus, await bus.connect(door.server.url, door.seeds[PILLAR], PILLAR)
    async with door.answering(runtime):
        yield made
    await runtime.bus.close()
    runtime.bus = before


@contextlib.asynccontextmanager
async def panel(one: Pumping, door: Door) -> AsyncIterator[Device]:
    """The station's device, which listens."""
    device = door.device(one.device, one.password)
    assert await device.connect() == "Success"
    assert await device.subscribe(f"devices/{one.device}/commands", 0)
    yield device
    await device.leave()


async def test_a_command_reaches_its_device_and_the_answer_comes_back(one: Pumping, door: Door) -> None:
    runtime = one.sensing.served.runtime
    other = await Pumping.made(one.sensing)
    async with panel(one, door) as device, panel(other, door) as stranger, door.reading(runtime):
        command = await one.switch(3)
        await delivering.deliver(runtime)
        await device.until(lambda: device.heard)
        assert [state(each) for each in await one.log()] == ["sent"]
        told = _told(device)
        assert told == {"command": command.id, "pumps": 3, "deadline": command.deadline.ToMilliseconds()}
        body = json.dumps({"command": told["command"], "done": True, "note": "3 pompa jalan"}).encode()
        assert await stranger.publish(f"devices/{other.device}/answers", body)  # another's command is not its own
        await stranger.publish(f"devices/{one.device}/answers", body)
        assert await device.publish(f"devices/{one.device}/answers", b"no answer")
        assert [state(each) for each in await one.log()] == ["sent"]
        assert await device.publish(f"devices/{one.device}/answers", body)
        assert await device.publish(f"devices/{one.device}/answers", body)
        known = await _until(one, "done")
        assert (known.obeyed, known.note) == (True, "3 pompa jalan")
        assert stranger.heard == []
    assert (await one.sensing.emitted()).count("PumpSwitched") == 1


async def test_a_device_that_was_away_hears_the_command_until_its_deadline(one: Pumping, door: Door) -> None:
    runtime, served = one.sensing.served.runtime, one.sensing.served
    await one.switch()
    await delivering.deliver(runtime)  # nobody hears it
    async with panel(one, door) as device:
        served.pass_time(seconds=10)
        await delivering.deliver(runtime)
        await device.until(lambda: device.heard)
        await delivering.deliver(runtime)  # at once, nothing is sent again
        served.pass_time(seconds=5)
        await delivering.deliver(runtime)
        await device.until(lambda: len(device.heard) == 2)
        assert device.heard[0] == device.heard[1]
        served.pass_time(seconds=40)
        await delivering.deliver(runtime)
        assert [state(each) for each in await one.log()] == ["sent"]
        served.pass_time(seconds=5)
        await delivering.deliver(runtime)
        assert [state(each) for each in await one.log()] == ["timed_out"]
        await asyncio.sleep(0.2)
        assert len(device.heard) == 2


async def test_a_simulated_station_does_as_it_is_told(one: Pumping, door: Door) -> None:
    runtime, code = one.sensing.served.runtime, one.thing.code
    measured = [("level", "water_level", "m", -3.0, 6.0), ("pumps", "pumps_running", "1", 0.0, 20.0)]
    streams = [Stream(code, "pump_station", *each, 60) for each in measured]
    device = fleet(World(), streams, {code: (one.device, one.password)}, door.port)[code]
    one.sensing.served.now = datetime.now(UTC)  # the device has a clock of its own
    await keep_weeks(runtime)
    async with door.reading(runtime):
        device.start()
        try:
            command = await one.switch(3)
            async with asyncio.timeout(SECONDS):
                while state((await one.log())[0]) != "done":  # it may connect after the command was sent
                    await delivering.deliver(runtime)
                    await asyncio.sleep(0.2)
                    one.sensing.served.now = datetime.now(UTC)
                while (await one.read()).running.value != 3:
                    await asyncio.sleep(0.05)
        finally:
            await asyncio.to_thread(device.stop)
    (known,) = await one.log()
    assert (known.id, known.obeyed, known.note) == (command.id, True, "3 pompa jalan")
    assert (await one.read()).HasField("level")


async def test_an_answer_that_was_acknowledged_is_read_by_whoever_reads_next(one: Pumping, door: Door) -> None:
    runtime = one.sensing.served.runtime
    async with panel(one, door) as device:
        await one.switch()
        await delivering.deliver(runtime)
        await device.until(lambda: device.heard)
        body = json.dumps({"command": _told(device)["command"], "done": False, "note": "Pompa macet"}).encode()
        assert await device.publish(f"devices/{one.device}/answers", body)
        assert [state(each) for each in await one.log()] == ["sent"]
        async with door.reading(runtime):
            assert (await _until(one, "refused")).note == "Pompa macet"


async def test_a_drill_reaches_no_device(one: Pumping, door: Door) -> None:
    async with panel(one, door) as device:
        await one.switch(exercise=True)
        await delivering.deliver(one.sensing.served.runtime)
        await asyncio.sleep(0.3)
        assert device.heard == []
    assert [state(each) for each in await one.log()] == ["exercised"]


async def test_a_command_waits_while_the_broker_is_away(one: Pumping) -> None:
    runtime = one.sensing.served.runtime
    there, runtime.bus = runtime.bus, None
    await one.switch()
    await delivering.deliver(runtime)
    assert [state(each) for each in await one.log()] == ["waiting"]
    runtime.bus = there
    await delivering.deliver(runtime)
    assert [state(each) for each in await one.log()] == ["sent"]


def _told(device: Device) -> dict[str, Any]:
    topic, body = device.heard[0]
    assert topic == f"devices/{device.name}/commands"
    told: dict[str, Any] = json.loads(body)
    return told


async def _until(one: Pumping, wanted: str) -> pb.PumpCommand:
    async with asyncio.timeout(SECONDS):
        while True:
            known = (await one.log())[0]
            if state(known) == wanted:
                return known
            await asyncio.sleep(0.05)
