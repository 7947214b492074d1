"""Who comes in over MQTT, what they may do there, and who is shown out."""

import asyncio
from pathlib import Path

import asyncpg
import nats.errors as nats_errors
import pytest
from nats.aio.client import Client

from services.environment.devices.door import DOOR
from services.kit.door import known, model, store
from services.kit.door.door import CALLOUT
from services.kit.door.known import AwayError, Known
from services.kit.events import bus
from tests.environment.broker.conftest import Gauge
from tests.environment.broker.door import GRANTED, PILLAR, open_door

WITHIN_S = 5.0
REFUSED = "Not authorized"
CLOSED = (
    "#", "devices/#", "devices/+/commands", "devices/duga-lain-1/commands", "$MQTT/#", "$MQTT/sub/#", "$MQTT/sub/+",
    "$MQTT/msgs/#",
)  # fmt: skip
"""Topics that are no device's to hear."""


async def test_a_device_publishes_below_its_own_topic_only(gauge: Gauge) -> None:
    runtime, now = gauge.sensing.served.runtime, gauge.sensing.served.now
    async with gauge.door.answering(runtime), gauge.door.reading(runtime):
        device = gauge.device()
        await device.enter()
        assert await device.send(1, now)
        # MQTT 3.1.1 cannot refuse a message: what is published for another is acknowledged, and goes nowhere.
        other = await gauge.sensing.device()
        await device.publish(f"devices/{other.device.id}/observations", b"{}")
        await device.publish("devices/observations", b"{}")
        await device.publish(f"devices/{gauge.name}/anything", b"{}")
        await device.send(2, now, 2.0)
        await _until_stored(gauge, [1.0, 2.0])
        assert (await gauge.told()).refused == 0
        assert (await gauge.sensing.call(_get(other.device.id))).device.refused == 0
        await device.leave()


async def test_a_device_hears_what_it_is_told_and_nobody_else(gauge: Gauge) -> None:
    pillar = await bus.connect(gauge.door.server.url, gauge.door.seeds[PILLAR], PILLAR)
    async with gauge.door.answering(gauge.sensing.served.runtime):
        device = gauge.device()
        await device.enter()
        assert await device.subscribe(f"devices/{gauge.name}/commands", 0)
        for topic in (f"devices/{gauge.name}/#", f"devices/{gauge.name}/observations", *CLOSED):
            assert not await device.subscribe(topic), topic
            assert not await device.subscribe(topic, 0), topic
        await pillar.publish("devices.duga-lain-1.commands", b"not yours")
        await pillar.publish(f"devices.{gauge.name}.commands", b"start")
        await device.until(lambda: device.heard)
        assert device.heard == [(f"devices/{gauge.name}/commands", b"start")]
        await device.leave()
    await pillar.close()


async def test_why_a_message_was_refused_is_told_to_the_device_and_to_its_agency(gauge: Gauge) -> None:
    runtime = gauge.sensing.served.runtime
    runtime.bus = await bus.connect(gauge.door.server.url, gauge.door.seeds[PILLAR], PILLAR)
    async with gauge.door.answering(runtime), gauge.door.reading(runtime):
        device = gauge.device()
        await device.enter()
        assert await device.subscribe(f"devices/{gauge.name}/problems", 0)
        assert await device.publish(f"devices/{gauge.name}/observations", b"x" * 100_000)
        await device.until(lambda: device.heard)
        assert device.heard == [(f"devices/{gauge.name}/problems", b'{"reason": "MESSAGE_INVALID"}')]
        assert (await gauge.told()).refusal == "MESSAGE_INVALID"
        await device.leave()
    await runtime.bus.close()


@pytest.mark.parametrize("password", ["", "wrong", "A" * 65])
async def test_a_wrong_password_is_refused_and_the_right_one_is_not_kept_out(gauge: Gauge, password: str) -> None:
    """Guesses are answered late; the device whose name is guessed at comes in meanwhile."""
    async with gauge.door.answering(gauge.sensing.served.runtime) as porter:
        guessing = [gauge.door.device(gauge.name, password) for _ in range(3)]
        guesses = asyncio.gather(*(one.connect() for one in guessing))
        async with asyncio.timeout(WITHIN_S):
            while porter._held_back < len(guessing):
                await asyncio.sleep(0.01)
        device = gauge.device()
        await device.enter()
        assert not any(one.answer for one in guessing), "a guess was answered before the device"
        assert await guesses == [REFUSED] * len(guessing)
        for one in (device, *guessing):
            await one.leave()


async def test_a_password_that_is_larger_than_a_question_may_be_is_refused(gauge: Gauge) -> None:
    async with gauge.door.answering(gauge.sensing.served.runtime):
        guessing = gauge.door.device(gauge.name, "A" * 60_000)
        assert await guessing.connect() in (REFUSED, "Unspecified error")
        await guessing.leave()


async def test_nobody_takes_the_session_of_another(gauge: Gauge) -> None:
    async with gauge.door.answering(gauge.sensing.served.runtime):
        for client_id in ("environment_reader", "duga-lain-1"):
            thief = gauge.device(client_id=client_id)
            assert await thief.connect() == REFUSED
            await thief.leave()


async def test_a_password_of_a_device_is_good_over_mqtt_only(gauge: Gauge) -> None:
    stranger = Client()
    async with gauge.door.answering(gauge.sensing.served.runtime):
        with pytest.raises(nats_errors.Error, match="Authorization Violation"):
            await stranger.connect(
                gauge.door.server.url, user=gauge.name, password=gauge.issued.password,
                allow_reconnect=False, max_reconnect_attempts=0,
            )  # fmt: skip
        await stranger.close()


async def test_a_revoked_device_is_gone_within_five_seconds_and_stays_out(gauge: Gauge) -> None:
    async with gauge.door.answering(gauge.sensing.served.runtime):
        device, other = gauge.device(), await gauge.sensing.device()
        stays = gauge.door.device(other.device.id, other.password)
        assert (await device.connect(), await stays.connect()) == (GRANTED, GRANTED)
        await gauge.revoke()
        assert await device.gone(WITHIN_S) < WITHIN_S
        assert await gauge.device().connect() == REFUSED
        assert stays.client.is_connected()
        await stays.leave()
        await device.leave()


async def test_a_rotated_device_comes_back_with_its_new_password_alone(gauge: Gauge) -> None:
    async with gauge.door.answering(gauge.sensing.served.runtime):
        device = gauge.device()
        await device.enter()
        password = await gauge.rotate()
        assert await device.gone(WITHIN_S) < WITHIN_S
        assert await gauge.device().connect() == REFUSED
        fresh = gauge.door.device(gauge.name, password)
        assert await fresh.connect() == GRANTED
        await asyncio.sleep(3.0)  # looked at once more: it may stay
        assert fresh.client.is_connected()
        await fresh.leave()


async def test_nobody_needs_who_answers_for_devices_but_devices(gauge: Gauge) -> None:
    """With the process that answers, or the whole pillar, away."""
    door = gauge.door
    device = gauge.device()
    assert await device.connect() == REFUSED
    for name, seed in door.seeds.items():
        connection = await asyncio.wait_for(bus.connect(door.server.url, seed, name), 3)
        await connection.close()
    reader = door.device("reader", door.reader_password, client_id="environment_reader", clean=False)
    assert await reader.connect() == GRANTED
    assert await reader.subscribe("devices/+/observations")
    await reader.leave()
    await device.leave()


async def test_nobody_is_acknowledged_before_somebody_reads(gauge: Gauge, tmp_path: Path) -> None:
    runtime = gauge.sensing.served.runtime
    with open_door(tmp_path) as fresh:
        async with fresh.answering(runtime):
            early = fresh.device(gauge.name, gauge.issued.password)
            assert await early.connect() == REFUSED
            await fresh.begin_session()
            later = fresh.device(gauge.name, gauge.issued.password)
            assert await later.connect() == GRANTED
            assert await later.send(1, gauge.sensing.served.now)
            async with fresh.reading(runtime):
                await _until_stored(gauge, [1.0])
            for one in (early, later):
                await one.leave()


async def test_users_change_without_a_restart(gauge: Gauge) -> None:
    from deploy.local.nats import User, new_seed, public_key

    seed = new_seed()
    before = gauge.door.server.users
    gauge.door.server.set_users({**before, "more": User(public_key(seed))})
    connection = await asyncio.wait_for(bus.connect(gauge.door.server.url, seed, "more"), 3)
    await connection.close()
    gauge.door.server.set_users(before)


async def test_who_answers_may_do_nothing_else(gauge: Gauge) -> None:
    errors: list[str] = []

    async def note(error: Exception) -> None:
        errors.append(str(error).lower())

    connection = await bus.connect(gauge.door.server.url, gauge.door.seeds[CALLOUT], CALLOUT)
    connection._error_cb = note
    for subject in (
        "$SYS.REQ.SERVER.PING.CONNZ",
        "$SYS.REQ.ACCOUNT.CITY.CONNZ",
        "$SYS.REQ.SERVER.X.RELOAD",
        "devices.x.commands",
    ):
        await connection.publish(subject, b"{}")
        await connection.flush()
    await asyncio.sleep(0.2)
    assert len(errors) == 4, errors
    await connection.close()


async def test_an_outage_of_the_database_refuses_nobody_who_was_let_in(
    gauge: Gauge, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise asyncpg.CannotConnectNowError

    remembered = Known(gauge.sensing.served.runtime.pool, DOOR)
    await remembered.refresh()
    assert await remembered.generation(gauge.name) == 1
    monkeypatch.setattr(store, "generations", away)
    assert await remembered.generation(gauge.name) == 1
    with pytest.raises(AwayError):
        await remembered.generation("duga-lain-1")
    monkeypatch.setattr(known, "TRUST_S", 0.0)
    with pytest.raises(AwayError):
        await remembered.generation(gauge.name)


async def test_many_who_come_at_once_are_looked_up_together(gauge: Gauge, monkeypatch: pytest.MonkeyPatch) -> None:
    generations, asked = store.generations, []

    async def counts(pool: object, door: object, names: set[str]) -> object:
        asked.append(len(names))
        await asyncio.sleep(0.05)
        return await generations(pool, door, names)  # type: ignore[arg-type]

    remembered = Known(gauge.sensing.served.runtime.pool, DOOR)
    await remembered.refresh()
    monkeypatch.setattr(store, "generations", counts)
    names = [gauge.name, *(f"duga-{number}" for number in range(300))]
    found = await asyncio.gather(*map(remembered.generation, names))
    assert found == [1, *[None] * 300]
    assert sum(asked) == 301
    assert len(asked) <= 2


@pytest.mark.parametrize("token", [b"", b"x", b"a.b.c", b"a.e30.c", b"\xff", b"." * 20_000])
def test_a_question_that_is_none_is_no_question(token: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        model.asked(token)


async def _until_stored(gauge: Gauge, values: list[float]) -> None:
    async with asyncio.timeout(8):
        while await gauge.stored() != values:
            await asyncio.sleep(0.05)


def _get(name: str) -> object:
    from smartcity.environment.v1 import devices_pb2

    return devices_pb2.GetDeviceRequest(id=name)
