"""Over the real NATS: who comes in, what becomes of what is told, and nothing acknowledged is lost or there twice."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from services.kit.errors import unavailable
from services.kit.mqtt import aside, reading
from services.kit.mqtt.session import Received, opened
from services.living.onboard import jobs
from services.living.onboard.model import MOST_BYTES, MOST_POSITIONS
from services.living.onboard.reading import Inbox
from services.living.positions.model import LATE
from services.living.reporting import hot
from services.living.vehicles.door import DOOR
from smartcity.living.v1 import vehicles_pb2 as pb
from tests.governance.conftest import RefusedError, request_id
from tests.living.onboard.conftest import TRACK, Unit, told, unit_of
from tests.living.vehicles.fleet import DISHUB, TRANS, Fleet

REFUSED = "Not authorized"
WITHIN_S = 5.0


async def test_a_bus_that_tells_over_mqtt_is_where_everybody_sees_it(unit: Unit) -> None:
    """Several in one message; what comes twice changes nothing; what cannot be read is counted and keeps none back."""
    now = unit.fleet.served.now
    moments = [now - timedelta(seconds=ago) for ago in (20, 10, 0)]
    async with unit.answering(), unit.reading():
        device = unit.device()
        await device.enter()
        assert await device.publish(unit.topic, b"{")
        for _ in range(2):
            assert await device.publish(unit.topic, told(*moments, bearing=90, speed_kmh=36))
        assert await device.publish(unit.topic, told(now + timedelta(hours=1)))
        await unit.until_tracked(moments)
        await device.leave()
        bus = await unit.fleet.vehicle(unit.name)
        assert (bus.state, bus.bearing, round(bus.speed_kmh)) == (pb.VEHICLE_STATE_LIVE, 90, 36)
        async with asyncio.timeout(WITHIN_S):  # counted after the commit of what was taken
            while (registration := await unit.registration()).refused < 2:
                await asyncio.sleep(0.05)
    assert (registration.refused, registration.refusal) == (2, "TIME_IN_FUTURE")


async def test_a_bus_publishes_its_own_positions_alone_and_hears_nothing(unit: Unit) -> None:
    """MQTT 3.1.1 refuses no message: what is published elsewhere is acknowledged, and goes nowhere."""
    other, now = await unit_of(unit.fleet, unit.door), unit.fleet.served.now
    async with unit.answering(), unit.reading():
        device = unit.device()
        await device.enter()
        for topic in (other.topic, "vehicles/positions", f"{unit.user}/anything", "devices/ts-2/observations"):
            await device.publish(topic, told(now))
        for topic in ("#", unit.topic, f"{unit.user}/#", "vehicles/+/positions", "devices/#", "$MQTT/#"):
            assert not await device.subscribe(topic), topic
        assert await device.publish(unit.topic, told(now))
        await unit.until_tracked([now])
        assert await other.track() == []
        await device.leave()


@pytest.mark.parametrize(
    "wrong", [{"password": "wrong"}, {"client_id": "living_reader"}, {"client_id": "vehicles/ts-2"}]
)
async def test_who_is_not_that_bus_stays_out(unit: Unit, wrong: dict[str, str]) -> None:
    """With a wrong password, or in the session of another."""
    async with unit.answering():
        stranger = unit.device(**wrong)
        assert await stranger.connect() == REFUSED
        await stranger.leave()


async def test_a_bus_is_put_out_when_its_credential_ends_and_comes_back_with_the_next(unit: Unit) -> None:
    """Revoked; issued again; retired. The same request answers with the same password."""
    async with unit.answering():
        device = unit.device()
        await device.enter()
        await unit.revoke()
        assert await device.gone(WITHIN_S) < WITHIN_S
        former = unit.device()
        assert await former.connect() == REFUSED
        with pytest.raises(RefusedError) as refused:
            await unit.revoke()
        assert refused.value.reason == "CREDENTIAL_MISSING"
        asked = pb.IssueVehicleCredentialRequest(request_id=request_id(), id=unit.name, etag="3")
        password = (await unit.fleet.call(asked, TRANS)).password
        assert password == (await unit.fleet.call(asked, TRANS)).password != unit.password
        fresh = unit.device(password=password)
        await fresh.enter()  # that there was nobody of its name is remembered for a second
        retire = pb.RetireVehicleRequest(request_id=request_id(), id=unit.name, etag="4", reason="Dijual pada lelang.")
        await unit.fleet.call(retire, TRANS)
        assert await fresh.gone(WITHIN_S) < WITHIN_S
        for one in (device, former, fresh):
            await one.leave()
        with pytest.raises(RefusedError) as refused:
            await unit.issue()
        assert refused.value.reason == "VEHICLE_RETIRED"


async def test_nobody_else_issues_it_and_the_password_is_stored_nowhere(unit: Unit) -> None:
    """Another agency does not see the bus; the table of every kind is looked through."""
    asked = pb.IssueVehicleCredentialRequest(request_id=request_id(), id=unit.name, etag="2")
    with pytest.raises(RefusedError) as refused:
        await unit.fleet.call(asked, DISHUB)
    assert refused.value.reason == "VEHICLE_NOT_FOUND"
    admin = unit.fleet.served.admin
    for row in await admin.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'living'"):
        sql = f"SELECT count(*) FROM living.\"{row['tablename']}\" AS row WHERE row::text LIKE '%' || $1 || '%'"
        assert not await admin.fetchval(sql, unit.password), row["tablename"]


async def test_what_was_in_hand_when_the_reader_died_is_there_once_whatever_comes_first(unit: Unit) -> None:
    """It dies after the commit of some and acknowledges none; what was sent since comes before what comes again."""
    now = unit.fleet.served.now
    moments = [now - timedelta(seconds=ago) for ago in range(12, 0, -1)]
    devices = unit.door.server.devices
    assert devices is not None
    async with unit.answering():
        device = unit.device()
        await device.enter()
        for at in moments[:6]:
            assert await device.publish(unit.topic, told(at))
        where = f"mqtt://127.0.0.1:{devices.port}"
        session = opened(
            where, DOOR.reader, devices.readers[DOOR.reader], jobs.CLIENT, DOOR.topics.read, None, MOST_BYTES
        )
        batch: list[Received] = []
        async with session as dying, asyncio.timeout(20):
            while len(batch) < 6:
                batch += [one for one in await dying.batch() if one.topic == unit.topic]
            await Inbox().take(unit.fleet.served.runtime, batch[:3], now)
        for at in moments[6:]:
            assert await device.publish(unit.topic, told(at))
        async with unit.reading():
            await unit.until_tracked(moments)
        rows = await unit.fleet.served.admin.fetch(TRACK, unit.name)
        assert {row["flags"] for row in rows} <= {0, LATE}
        assert (await unit.fleet.vehicle(unit.name)).position_time.seconds == int(moments[-1].timestamp())
        assert (await unit.registration()).refused == 0
        await device.leave()


async def test_what_the_database_refuses_is_set_aside_and_the_rest_goes_on(
    unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And stored when its cause is mended and its replay asked for."""
    flush, poison, now = hot.flush, [-7.5], unit.fleet.served.now
    at = [now - timedelta(seconds=ago) for ago in (3, 2, 1)]

    async def flushes(tx: Any, items: Sequence[Any]) -> Any:
        if any(one.lat in poison for item in items for one in item):
            raise asyncpg.NumericValueOutOfRangeError
        return await flush(tx, items)

    monkeypatch.setattr(reading, "REPLAY_S", 0.05)
    monkeypatch.setattr(aside, "DELIVERIES", 1)
    monkeypatch.setattr(hot, "flush", flushes)
    monkeypatch.setattr(unit.fleet.served.runtime.extra.positions, "_flush", flushes)
    admin = unit.fleet.served.admin
    async with unit.answering(), unit.reading():
        device = unit.device()
        await device.enter()
        assert await device.publish(unit.topic, told(at[0], lat=poison[0]))
        assert await device.publish(unit.topic, told(at[1], at[2]))
        await unit.until_tracked(at[1:])
        async with asyncio.timeout(20):
            while not await admin.fetchval("SELECT count(*) FROM living.dead_letter"):
                await asyncio.sleep(0.05)
        poison.clear()
        await admin.execute("UPDATE living.dead_letter SET replay_requested_at = now()")
        await unit.until_tracked(at)
        await device.leave()
    [letter] = await admin.fetch("SELECT consumer, aggregate, type, replayed_at FROM living.dead_letter")
    assert tuple(letter)[:3] == ("vehicles", unit.name, "vehicles.*.positions")
    assert letter["replayed_at"] is not None


async def test_an_outage_of_the_database_takes_nothing_off_what_a_bus_may_tell(
    unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An hour by the second, kept while the network was away: what could not be committed is taken again as it came."""
    runtime, now = unit.fleet.served.runtime, unit.fleet.served.now
    moments = [now - timedelta(seconds=ago) for ago in range(3_600, 0, -1)]
    parts = [moments[begin : begin + MOST_POSITIONS] for begin in range(0, len(moments), MOST_POSITIONS)]
    batch = [Received(unit.topic, told(*part), number) for number, part in enumerate(parts, 1)]
    inbox = Inbox()

    async def away(_: Any) -> Any:
        raise unavailable("DATABASE_AWAY", "The database is away.")

    with monkeypatch.context() as patched:
        patched.setattr(runtime.extra.positions, "submit", away)
        for _ in range(2):
            with pytest.raises(ConnectionError):
                await inbox.take(runtime, batch, now)
            inbox.forget()
    await inbox.take(runtime, batch, now)
    assert await unit.track() == moments
    assert (await unit.registration()).refused == 0
    await inbox.take(runtime, batch, now)
    assert (await unit.registration()).refusal == "TOO_MANY", "what was stored is taken off"


async def test_a_city_without_the_secret_issues_none(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says what its administrator does."""
    runtime = fleet.served.runtime
    monkeypatch.setattr(runtime, "extra", replace(runtime.extra, vehicle_secret=None))
    await fleet.register("ts-9")
    with pytest.raises(RefusedError) as refused:
        await fleet.call(pb.IssueVehicleCredentialRequest(request_id=request_id(), id="ts-9", etag="1"), TRANS)
    assert refused.value.reason == "VEHICLE_CREDENTIALS_OFF"
