"""A message that cannot be stored is set aside: it keeps no other back, is counted, and is stored once it can be."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import asyncpg
import nats.errors
import pytest

from services.environment.broker.reading import Answer, Inbox
from services.environment.devices.door import DOOR
from services.environment.ingest import hot
from services.environment.ingest.model import Arrived, Refusal
from services.kit.database.lease import Lease, LeaseLostError
from services.kit.mqtt import aside, reading
from services.kit.mqtt.reading import Reader
from services.kit.mqtt.session import Received
from smartcity.environment.v1 import observations_pb2
from tests.environment.broker.door import reading as measured
from tests.environment.sensing import Sensing

POISON = 1
"""Number of the message that is at fault."""


@dataclass
class Broker:
    """Sends what is not acknowledged again, as often as it is asked."""

    waiting: dict[int, Received] = field(default_factory=dict)
    most: int = 500

    async def batch(self, seconds: float | None = None) -> list[Received]:
        """What is not acknowledged."""
        sent = list(self.waiting.values())[: self.most]
        self.waiting = {number: one for number, one in self.waiting.items() if number > 0}  # QoS 0 comes once
        return sent

    def acknowledge(self, messages: Iterable[Received]) -> None:
        """It comes no more."""
        for one in messages:
            self.waiting.pop(one.number, None)

    def leave(self, message: Received) -> None:
        """It comes again."""

    def check(self) -> None:
        """It is there."""


@dataclass
class Desk:
    """Who reads a broker whose messages one gauge has sent."""

    sensing: Sensing
    reader: Reader[list[Answer]]
    broker: Broker
    device: str
    datastream: str

    def send(self, *seqs: int, qos: int = 1) -> None:
        """The device publishes; the number of a message is its value, too."""
        for seq in seqs:
            body = measured(seq, self.sensing.served.now, float(seq))
            number = seq if qos else -seq
            self.broker.waiting[number] = Received(f"devices/{self.device}/observations", body, number)

    async def reads(self, times: int = 1) -> None:
        """The broker sends what it has so often."""
        for _ in range(times):
            await self.reader.next(self.broker)  # type: ignore[arg-type]

    async def stored(self) -> list[float]:
        """The values that are there."""
        asked = observations_pb2.ListObservationsRequest(datastream=self.datastream, page_size=200)
        return sorted(one.value for one in (await self.sensing.call(asked)).observations)

    async def letters(self) -> list[asyncpg.Record]:
        """What was set aside."""
        return list(await self.sensing.served.admin.fetch("SELECT * FROM environment.dead_letter ORDER BY number"))


@pytest.fixture
async def desk(sensing: Sensing, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A gauge, and who reads what it sends."""
    monkeypatch.setattr(reading, "REPLAY_S", 0.0)
    thing = await sensing.thing()
    datastream, device = await sensing.datastream(thing), (await sensing.device(thing)).device
    reader = Reader(sensing.served.runtime.fenced(await owned(sensing)), DOOR.topics, Inbox())
    return Desk(sensing, reader, Broker(), device.id, datastream.id)


async def owned(sensing: Sensing) -> Lease:
    """The lease of the job."""
    sql = "INSERT INTO lease (name, owner, fence, expires_at) VALUES ('job:devices', 'us', 1, now() + interval '1 day')"
    await sensing.served.runtime.pool.execute(sql)
    return Lease("job:devices", 1)


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Numbers of messages that the database refuses."""
    take, numbers = hot.take, [POISON]

    async def takes(tx: object, memory: object, arrived: Sequence[Arrived]) -> object:
        if any(f'"seq": {number},'.encode() in one.payload for one in arrived for number in numbers):
            raise asyncpg.NumericValueOutOfRangeError
        return await take(tx, memory, arrived)  # type: ignore[arg-type]

    monkeypatch.setattr(hot, "take", takes)
    return numbers


async def test_it_is_set_aside_after_a_few_deliveries_and_the_rest_goes_on(desk: Desk, poison: list[int]) -> None:
    desk.send(POISON, 2, 3)
    await desk.reads(aside.DELIVERIES - 1)
    assert list(desk.broker.waiting) == [POISON]
    assert await desk.letters() == []
    await desk.reads()
    assert desk.broker.waiting == {}
    desk.send(4)
    await desk.reads()
    assert await desk.stored() == [2.0, 3.0, 4.0]
    [letter] = await desk.letters()
    assert (letter["consumer"], letter["aggregate"], letter["state"]) == ("devices", desk.device, "poison")
    assert (letter["type"], letter["reason"]) == ("devices.*.observations", "NumericValueOutOfRangeError")
    assert letter["payload"] == measured(POISON, desk.sensing.served.now, 1.0)


async def test_many_of_them_block_nothing(desk: Desk, poison: list[int]) -> None:
    """As many as the broker sends at a time: they would be all that it ever sends."""
    desk.broker.most = 5
    poison[:] = range(1, 6)
    desk.send(*range(1, 9))
    await desk.reads(aside.DELIVERIES + 1)
    assert desk.broker.waiting == {}
    assert await desk.stored() == [6.0, 7.0, 8.0]


async def test_what_comes_only_once_is_set_aside_at_once(desk: Desk, poison: list[int]) -> None:
    desk.send(POISON, 2, qos=0)
    await desk.reads()
    assert len(await desk.letters()) == 1
    assert await desk.stored() == [2.0]


async def test_it_is_stored_when_its_cause_is_mended_and_its_replay_asked_for(desk: Desk, poison: list[int]) -> None:
    desk.send(POISON, 2)
    await desk.reads(aside.DELIVERIES)
    ask = "UPDATE environment.dead_letter SET replay_requested_at = now()"
    await desk.sensing.served.admin.execute(ask)
    await desk.reads()
    [letter] = await desk.letters()
    assert (letter["replayed_at"], letter["replay_requested_at"]) == (None, None), "it failed again"
    poison.clear()
    desk.sensing.served.pass_time(hours=1)
    await desk.sensing.served.admin.execute(ask)
    await desk.reads()
    [letter] = await desk.letters()
    assert letter["replayed_at"] is not None
    assert await desk.stored() == [1.0, 2.0]
    desk.send(POISON, 3)
    await desk.reads()
    assert await desk.stored() == [1.0, 2.0, 3.0], "what was replayed is known when it comes again"


async def test_one_that_fails_again_keeps_no_other_of_its_device_from_being_stored(
    desk: Desk, poison: list[int]
) -> None:
    poison[:] = range(1, 6)
    desk.send(*poison)
    await desk.reads(aside.DELIVERIES + 1)
    poison[:] = [1, 3]
    await desk.sensing.served.admin.execute("UPDATE environment.dead_letter SET replay_requested_at = now()")
    await desk.reads()
    assert await desk.stored() == [2.0, 4.0, 5.0]
    left = [one for one in await desk.letters() if one["replayed_at"] is None]
    assert [one["replay_requested_at"] for one in left] == [None, None]


async def test_more_than_a_bound_wait_with_the_broker(
    desk: Desk, poison: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aside, "MOST_ASIDE", 2)
    poison[:] = [1, 2, 3]
    desk.send(1, 2, 3)
    await desk.reads(aside.DELIVERIES + 1)
    assert len(await desk.letters()) == 2
    assert list(desk.broker.waiting) == [3]


async def test_who_lost_the_job_sets_nothing_aside(desk: Desk, poison: list[int]) -> None:
    desk.send(POISON)
    await desk.reads(aside.DELIVERIES - 1)
    await desk.sensing.served.admin.execute("UPDATE environment.lease SET fence = 2")
    with pytest.raises(LeaseLostError):
        await desk.reads()
    assert await desk.letters() == []
    assert list(desk.broker.waiting) == [POISON]


def test_how_often_a_message_failed_is_known_by_what_it_is_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "MOST_COUNTED", 3)
    failed = aside.Failed()
    assert [failed.again(Received("devices/a/observations", b"x", number)) for number in (1, 7, 9)] == [
        False, False, True,
    ]  # fmt: skip
    for number in range(20):
        assert not failed.again(Received("devices/a/observations", bytes([number]), number + 1))
    assert len(failed._times) == 3


@pytest.mark.parametrize("error", [nats.errors.ConnectionClosedError, nats.errors.OutboundBufferLimitError, OSError])
async def test_a_bus_that_takes_nothing_hinders_no_reading(sensing: Sensing, error: type[Exception]) -> None:
    class Bus:
        """Breaks while it is told something."""

        is_connected = True

        async def publish(self, *_: object) -> None:
            """Fails."""
            raise error

    runtime = sensing.served.runtime
    runtime.bus = Bus()  # type: ignore[assignment]
    await Inbox().tell(runtime, [("duga-1", Refusal.MESSAGE_INVALID)])
