"""What a device was acknowledged is stored, once, whatever dies meanwhile."""

import asyncio
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from pydantic import ValidationError

from services.environment.broker import jobs
from services.environment.devices.door import DOOR
from services.environment.ingest import hot
from services.environment.ingest.model import Arrived
from services.environment.settings import EnvironmentSettings
from services.kit.mqtt.session import BrokenError, Received, Session, opened
from tests.environment.broker.conftest import Gauge
from tests.environment.broker.door import Door, open_door, reading

SECONDS = 30.0
AT = "devices/{}/observations"


async def stored(gauge: Gauge, values: list[float]) -> None:
    """Waits until exactly these are there."""
    found: list[float] = []
    try:
        async with asyncio.timeout(SECONDS):
            while (found := sorted(await gauge.stored())) != values:
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"{len(found)} of {len(values)}: {found}") from None


async def test_what_was_acknowledged_while_nobody_read_is_read_later(gauge: Gauge) -> None:
    runtime, now = gauge.sensing.served.runtime, gauge.sensing.served.now
    async with gauge.door.answering(runtime):
        device = gauge.device()
        await device.enter()
        for seq in range(10):
            assert await device.send(seq, now, float(seq))
        assert await gauge.stored() == []
        async with gauge.door.reading(runtime):
            await stored(gauge, [float(seq) for seq in range(10)])
        await device.leave()


async def test_what_was_in_hand_when_the_reader_died_comes_again_and_counts_once(gauge: Gauge) -> None:
    """It dies after the commit of some and before that of others, and acknowledges none."""
    runtime, now, door = gauge.sensing.served.runtime, gauge.sensing.served.now, gauge.door
    async with door.answering(runtime):
        device = gauge.device()
        await device.enter()
        for seq in range(6):
            assert await device.send(seq, now, float(seq))
        async with _session(door) as dying:
            batch = await dying.batch()
            assert len(batch) == 6
            async with runtime.transaction() as tx:
                arrived = [Arrived(gauge.name, one.payload, now) for one in batch[:3]]
                await hot.take(tx, hot.Memory(), arrived)
        async with door.reading(runtime):
            await stored(gauge, [float(seq) for seq in range(6)])
        assert (await gauge.told()).missing == 0
        await device.leave()


async def test_a_restart_of_the_broker_loses_nothing(gauge: Gauge, tmp_path: Path) -> None:
    runtime, now = gauge.sensing.served.runtime, gauge.sensing.served.now
    with open_door(tmp_path, sync_interval="always") as door:
        await door.begin_session()
        async with door.answering(runtime):
            device = door.device(gauge.name, gauge.issued.password)
            await device.enter()
            acknowledged = [float(seq) for seq in range(5) if await device.send(seq, now, float(seq))]
            await device.leave()
            door.server.kill()
            door.server.start()
            async with door.reading(runtime):
                await stored(gauge, acknowledged)
                again = door.device(gauge.name, gauge.issued.password)
                await again.enter()
                assert await again.send(5, now, 5.0)
                door.server.kill()
                door.server.start()
                await stored(gauge, [*acknowledged, 5.0])
                await again.leave()


async def test_a_message_that_cannot_be_stored_keeps_no_other_back(
    gauge: Gauge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not acknowledged, it comes again, and is stored as soon as whatever was wrong is mended."""
    runtime, now = gauge.sensing.served.runtime, gauge.sensing.served.now
    take, broken = hot.take, True

    async def takes(tx: object, memory: object, arrived: list[Arrived]) -> object:
        if broken and any(b'"seq": 1,' in one.payload for one in arrived):
            raise ArithmeticError
        return await take(tx, memory, arrived)  # type: ignore[arg-type]

    monkeypatch.setattr(hot, "take", takes)
    async with gauge.door.answering(runtime), gauge.door.reading(runtime):
        device = gauge.device()
        await device.enter()
        for seq in range(3):
            assert await device.send(seq, now, float(seq))
        await stored(gauge, [0.0, 2.0])
        broken = False
        await stored(gauge, [0.0, 1.0, 2.0])
        await device.leave()


async def test_what_is_held_for_long_is_held_once(gauge: Gauge) -> None:
    """While the database is away the broker sends all again each ten seconds: it must not pile up."""
    async with gauge.door.answering(gauge.sensing.served.runtime):
        device = gauge.device()
        await device.enter()
        async with _session(gauge.door) as waiting:
            assert await device.send(0, gauge.sensing.served.now)
            batch = await waiting.batch()
            await asyncio.sleep(11)
            assert not waiting._waiting
            waiting.acknowledge(batch)
        await device.leave()


async def test_two_who_read_are_one(gauge: Gauge) -> None:
    """Who comes later has the session; the other one's connection ends, and it reads no more."""
    async with _session(gauge.door) as former, _session(gauge.door):
        with pytest.raises(BrokenError):
            async with asyncio.timeout(5):
                await former.batch()


@pytest.mark.parametrize(("url", "password"), [("mqtt://127.0.0.1:1", ""), ("", "wrong")])
async def test_a_broker_that_is_away_or_refuses_is_told_as_one_error(door: Door, url: str, password: str) -> None:
    address = url or f"mqtt://127.0.0.1:{door.port}"
    session = opened(address, DOOR.reader, password, jobs.CLIENT, DOOR.topics.read, None, 100)
    with pytest.raises(BrokenError):
        async with session:
            pass


async def test_a_batch_holds_what_came_together(gauge: Gauge) -> None:
    async with gauge.door.answering(gauge.sensing.served.runtime), _session(gauge.door) as session:
        device = gauge.device()
        await device.enter()
        bodies = [reading(seq, gauge.sensing.served.now) for seq in range(20)]
        for body in bodies:
            device.client.publish(AT.format(gauge.name), body, qos=1)
        got: list[Received] = []
        while len(got) < len(bodies):
            got += await session.batch()
        assert [one.payload for one in got] == bodies
        assert {one.topic for one in got} == {AT.format(gauge.name)}
        session.acknowledge(got)
        await device.leave()


async def test_what_a_device_publishes_without_waiting_for_an_answer_counts_and_breaks_nothing(gauge: Gauge) -> None:
    """QoS 0: such messages have no number, and who acknowledges one is thrown out by the broker."""
    async with gauge.door.answering(gauge.sensing.served.runtime), _session(gauge.door) as session:
        device = gauge.device()
        await device.enter()
        bodies = [reading(seq, gauge.sensing.served.now) for seq in range(3)]
        for body in bodies:
            device.client.publish(AT.format(gauge.name), body, qos=0)
        got: list[Received] = []
        async with asyncio.timeout(SECONDS):
            while len(got) < len(bodies):
                got += await session.batch()
        assert [one.payload for one in got] == bodies
        session.acknowledge(got)
        await asyncio.sleep(0.5)
        session.check()
        await device.leave()


def _session(door: Door) -> AbstractAsyncContextManager[Session]:
    return opened(
        f"mqtt://127.0.0.1:{door.port}", DOOR.reader, door.reader_password, jobs.CLIENT, DOOR.topics.read, None, 100_000
    )


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("", True), ("mqtt://127.0.0.1:1883", True), ("mqtts://smartcity-nats", True), ("mqtts://[::1]:8883", True),
        ("http://broker:1883", False), ("broker:1883", False), ("mqtt://", False), ("mqtt://broker:port", False),
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_at_start(url: str, *, is_one: bool) -> None:
    needed = {"postgres_url": "x", "nats_url": "x", "nats_seed": "x", "grpc_port": 1, "health_port": 1}
    about = {**needed, "assertion_keys": "x", "mqtt_url": url}
    if is_one:
        assert EnvironmentSettings.model_validate(about).mqtt_url == url
    else:
        with pytest.raises(ValidationError, match="mqtt_url"):
            EnvironmentSettings.model_validate(about)
