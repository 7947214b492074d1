"""The pull side: in stream order whatever is lost on the way, and asked anew when nothing is heard."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from services.kit.events import subscription as module
from services.kit.events.subscription import Delivery, Subscription
from smartcity.governance.v1 import events_pb2 as pb
from tests.kit.conftest import PUBLISHER, World, reader, within

SUBJECT = pb.ComplaintAssigned.DESCRIPTOR.full_name


async def nothing(*_: Any) -> None:
    """A reaction that is never run here."""


async def publish(world: World, first: int, last: int) -> None:
    for number in range(first, last + 1):
        await world.bus.publish(SUBJECT, str(number).encode())
    await world.bus.flush()


@asynccontextmanager
async def subscribed(world: World) -> AsyncIterator[Subscription]:
    made = Subscription(world.bus, "governance", "environment")
    await made.open()
    yield made
    await made.close()


async def take(source: Subscription, wanted: int) -> list[Delivery]:
    """Takes so many into its hands, and acknowledges none."""
    found: list[Delivery] = []
    async with asyncio.timeout(20):
        while len(found) < wanted:
            found += await source.batch()
    return found


async def acknowledge(world: World, deliveries: Iterable[Delivery]) -> None:
    for delivery in deliveries:
        await world.bus.publish(delivery.message.reply, b"+ACK")
    await world.bus.flush()


async def read(world: World, source: Subscription, wanted: int, *, seconds: float = 20) -> list[int]:
    """Reads and acknowledges until so many have come; what comes again counts once, as the inbox would see to it."""
    found: dict[int, None] = {}
    async with asyncio.timeout(seconds):
        while len(found) < wanted:
            for delivery in await source.batch():
                found.setdefault(int(delivery.message.data))
                await world.bus.publish(delivery.message.reply, b"+ACK")
    return list(found)


@pytest.fixture
async def fresh(world: World) -> World:
    await world.fresh_streams(PUBLISHER, reader(nothing))
    return world


@pytest.fixture
async def patient(world: World) -> World:
    """What is not acknowledged comes again after a minute only: sooner than that, it came by itself."""
    await world.fresh_streams(PUBLISHER, reader(nothing), ack_wait_s=60)
    return world


async def test_what_is_published_is_read_in_order(fresh: World) -> None:
    await publish(fresh, 1, 1200)
    async with subscribed(fresh) as source:
        assert await read(fresh, source, 1200) == list(range(1, 1201))


async def test_an_empty_stream_gives_empty_batches(fresh: World) -> None:
    async with subscribed(fresh) as source:
        assert await source.batch() == []
        assert await source.batch() == []


async def test_a_request_that_has_come_to_its_end_is_made_anew_while_a_batch_is_waited_for(
    fresh: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else what is published meanwhile would arrive up to a second late, every ten seconds."""
    monkeypatch.setattr(module, "EXPIRES_S", 0.3)
    monkeypatch.setattr(module, "HEARTBEAT_S", 0.1)
    asked = await fresh.bus.subscribe("$JS.API.CONSUMER.MSG.NEXT.>")
    async with subscribed(fresh) as source:
        await source.batch()  # looks first for what a former reader left
        before = asked.pending_msgs
        assert await source.batch() == []
        await fresh.bus.flush()
        assert asked.pending_msgs - before > 1
    await asked.unsubscribe()


async def new_ones(world: World, source: Subscription, after: int) -> list[int]:
    """The next two messages behind a place in the stream as they are handed out, with all before them acknowledged."""
    new: list[int] = []
    async with asyncio.timeout(30):
        while len(new) < 2:
            batch = await source.batch()
            new += [delivery.sequence for delivery in batch if delivery.sequence > after]
            await acknowledge(world, batch)
    await source.close()
    return new


SEQUENCE, DELIVERY = -4, -3
"""Where a message's address for its acknowledgement says its place in the stream, and in the deliveries."""


def losing(lost: set[int], place: int = SEQUENCE) -> Callable[[Any], Callable[[Any], Awaitable[None]]]:
    """A connection that loses the first deliveries of these stream sequences, or of these numbers."""

    def around(take: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
        async def take_some(message: Any) -> None:
            tokens = message.reply.split(".")
            if len(tokens) > 4 and int(tokens[place]) in lost:
                lost.discard(int(tokens[place]))
                return
            await take(message)

        return take_some

    return around


@pytest.mark.parametrize("lost", [{1}, {2, 5, 6, 9}], ids=str)
async def test_a_lost_delivery_is_waited_for_and_overtaken_by_none(world: World, lost: set[int]) -> None:
    await world.fresh_streams(PUBLISHER, reader(nothing), ack_wait_s=1)
    await publish(world, 1, 10)
    source = Subscription(world.bus, "governance", "environment")
    source._take = losing(set(lost))(source._take)  # type: ignore[method-assign, assignment]
    await source.open()
    reading = asyncio.create_task(read(world, source, 20, seconds=30))
    await asyncio.sleep(0.2)
    await publish(world, 11, 20)
    found = await reading
    await source.close()
    assert found == list(range(1, 21))


@pytest.mark.parametrize(
    ("slow", "unheard"), [(9, 0), (10, 0), (9, 4), (10, 1)], ids=["odd", "even", "acknowledgements lost", "one lost"]
)
async def test_what_comes_again_after_a_slow_batch_hides_no_delivery_that_was_lost(
    world: World, slow: int, unheard: int
) -> None:
    """What is in hand too long comes again, and is none of what a lost delivery waits for."""
    await world.fresh_streams(PUBLISHER, reader(nothing), ack_wait_s=1)
    await publish(world, 1, slow)
    source = Subscription(world.bus, "governance", "environment")
    source._take = losing({slow + 1})(source._take)  # type: ignore[method-assign, assignment]
    await source.open()
    handled = await take(source, slow)
    await asyncio.sleep(1.5)
    await publish(world, slow + 1, slow + 2)
    await asyncio.sleep(0.3)
    await acknowledge(world, handled[unheard:])
    assert await new_ones(world, source, slow) == [slow + 1, slow + 2]


@pytest.mark.parametrize("slow", [9, 10], ids=["odd", "even"])
async def test_what_a_former_reader_acknowledges_late_hides_no_delivery_that_was_lost(world: World, slow: int) -> None:
    await world.fresh_streams(PUBLISHER, reader(nothing), ack_wait_s=1)
    await publish(world, 1, slow)
    async with subscribed(world) as former:
        handled = await take(former, slow)
    source = Subscription(world.bus, "governance", "environment")
    source._take = losing({slow + 1})(source._take)  # type: ignore[method-assign, assignment]
    await source.open()
    await source._ask()
    await asyncio.sleep(1.5)  # what the former has in hand comes to the new one
    await publish(world, slow + 1, slow + 2)
    await asyncio.sleep(0.3)
    await acknowledge(world, handled)
    assert await new_ones(world, source, slow) == [slow + 1, slow + 2]


async def test_two_that_are_lost_one_after_the_other_are_overtaken_by_none(world: World) -> None:
    await world.fresh_streams(PUBLISHER, reader(nothing), ack_wait_s=1)
    await publish(world, 1, 5)
    source = Subscription(world.bus, "governance", "environment")
    source._take = losing({3, 7})(source._take)  # type: ignore[method-assign, assignment]
    await source.open()
    reading = asyncio.create_task(read(world, source, 10, seconds=30))
    await asyncio.sleep(0.5)
    await publish(world, 6, 10)
    found = await reading
    await source.close()
    assert found == list(range(1, 11))


async def test_a_lost_copy_of_what_is_acknowledged_is_not_looked_for_again_and_again(world: World) -> None:
    await world.fresh_streams(PUBLISHER, reader(nothing), ack_wait_s=1)
    await publish(world, 1, 10)
    source = Subscription(world.bus, "governance", "environment")
    source._take = losing({11}, DELIVERY)(source._take)  # type: ignore[method-assign, assignment]
    await source.open()
    handled = await take(source, 10)
    await asyncio.sleep(1.5)
    await acknowledge(world, handled)
    asked = await world.bus.subscribe("$JS.API.CONSUMER.INFO.>")
    until = asyncio.get_running_loop().time() + 2
    while asyncio.get_running_loop().time() < until:
        await acknowledge(world, await source.batch())
    assert asked.pending_msgs <= 3
    await asked.unsubscribe()
    await source.close()


async def test_a_reader_that_goes_gives_back_what_it_did_not_handle(patient: World) -> None:
    await publish(patient, 1, 100)
    async with subscribed(patient) as first:
        handled: list[Delivery] = []
        while not handled:
            handled = await first.batch()
        await patient.bus.publish(handled[0].message.reply, b"+ACK")
        for delivery in handled[1:]:
            first._arrived.put_nowait(delivery)
    async with subscribed(patient) as second:
        assert await read(patient, second, 99) == list(range(2, 101))


async def test_a_request_that_the_server_forgot_is_made_anew(fresh: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HEARTBEAT_S", 0.2)
    async with subscribed(fresh) as source:
        source._asked = module.MOST  # it believes that a request is open, and none is
        await publish(fresh, 1, 5)
        assert await read(fresh, source, 5, seconds=10) == [1, 2, 3, 4, 5]


async def test_a_consumer_that_is_not_there_yet_is_waited_for(world: World) -> None:
    await world.bus.request("$JS.API.STREAM.DELETE.governance", b"")
    async with subscribed(world) as source:
        reading = asyncio.create_task(read(world, source, 1))
        await asyncio.sleep(0.3)
        await world.fresh_streams(PUBLISHER, reader(nothing))
        await publish(world, 1, 1)
        assert await reading == [1]


async def test_every_message_is_acknowledged_in_the_end(patient: World) -> None:
    await publish(patient, 1, 50)
    async with subscribed(patient) as source:
        await read(patient, source, 50)

        async def all_acknowledged() -> bool:
            answer = await patient.bus.request("$JS.API.CONSUMER.INFO.governance.environment", b"")
            info = json.loads(answer.data)
            return bool((info["num_ack_pending"], info["num_pending"]) == (0, 0))

        await within(all_acknowledged)
