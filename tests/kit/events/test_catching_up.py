"""What a relay does with a stream that was lost, or whose tail it does not know."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from nats.aio.msg import Msg
from nats.errors import TimeoutError as NatsTimeoutError

from deploy import streams
from services.kit.database import pool
from services.kit.events import catching_up
from tests.kit.conftest import PUBLISHER, World, assign, within, working
from tests.kit.events.test_events_flow import messages, unsent

SLOW = """
CREATE FUNCTION governance.slow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_sleep(0.01); RETURN NEW; END $$;
CREATE TRIGGER slow BEFORE UPDATE ON governance.outbox FOR EACH ROW
 WHEN (OLD.published_at IS NOT NULL AND NEW.published_at IS NULL) EXECUTE FUNCTION governance.slow();
"""
MARKED = "SELECT count(*) FROM governance.outbox WHERE published_at IS NOT NULL"


@pytest.fixture
async def lost(world: World, monkeypatch: pytest.MonkeyPatch) -> int:
    """A stream was lost whose events are more than one statement can forget in time; how many."""
    await world.fresh_streams(PUBLISHER)
    publisher = await world.runtime("governance")
    async with working(PUBLISHER, publisher):
        await assign(publisher, "a", 1, count=200)
        await within(lambda: unsent(world))
    await world.admin.execute(SLOW)
    await world.fresh_streams(PUBLISHER)
    monkeypatch.setattr(pool, "COMMAND_TIMEOUT_S", 1.5)
    monkeypatch.setattr(catching_up, "SLICE", 50)
    return 200


async def fresh_stream(world: World, **otherwise: Any) -> None:
    """An empty stream that is not in all as ours are."""
    await world.bus.request("$JS.API.STREAM.DELETE.governance", b"")
    config = {**streams._stream(PUBLISHER, 1), **otherwise}
    answer = await world.bus.request("$JS.API.STREAM.CREATE.governance", json.dumps(config).encode())
    assert "error" not in json.loads(answer.data), answer.data


async def in_order(world: World, wanted: int) -> None:
    """The stream holds so many events, each once, as they were written."""
    assert await messages(world) == wanted
    rows = await world.admin.fetch("SELECT sequence FROM governance.outbox ORDER BY position")
    assert [row["sequence"] for row in rows] == list(range(1, wanted + 1))


async def test_a_lost_stream_of_very_many_events_is_filled_again_in_order(world: World, lost: int) -> None:
    publisher = await world.runtime("governance")
    await assign(publisher, "b", 1)
    async with working(PUBLISHER, publisher):
        await within(lambda: unsent(world))
    await in_order(world, lost + 1)


async def test_who_comes_after_a_relay_that_died_while_it_forgot_goes_on(world: World, lost: int) -> None:
    first, second = await world.runtime("governance"), await world.runtime("governance")
    former = await world.admin.fetchval("SELECT stream_created FROM governance.relay")
    async with working(PUBLISHER, first):
        await within(lambda: _between(world, 1, lost - 1))
    kept = await world.admin.fetchval(MARKED)
    assert 0 < kept < lost, "it was killed between two slices"
    # What a former owner would mark now lies in the stream that was lost.
    assert await world.admin.fetchval("SELECT stream_created FROM governance.relay") != former
    async with working(PUBLISHER, second):
        await within(lambda: unsent(world))
    await in_order(world, lost)


async def test_two_relays_that_forget_at_once_double_nothing(world: World, lost: int) -> None:
    first, second = await world.runtime("governance"), await world.runtime("governance")
    for each in (first, second):
        assert each.bus is not None
    done = await asyncio.gather(
        *(catching_up.catch_up(each, each.bus) for each in (first, second) if each.bus), return_exceptions=True
    )
    assert [type(each) for each in done].count(catching_up.RefusedError) <= 1, done
    async with working(PUBLISHER, first):
        await within(lambda: unsent(world))
    await in_order(world, lost)


@dataclass
class Asking:
    """A relay's connection, of whose questions for single messages the first one of the sixth goes wrong."""

    bus: Any
    wrong: Callable[[], Msg] | None = None
    asked: int = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.bus, name)

    async def request(self, subject: str, payload: bytes = b"", **given: Any) -> Any:
        if subject.startswith("$JS.API.DIRECT.GET."):
            self.asked += 1
            if self.wrong and json.loads(payload)["seq"] == 6:
                wrong, self.wrong = self.wrong, None
                return wrong()
        return await self.bus.request(subject, payload, **given)


def not_yet() -> Msg:
    """What a server says that keeps the stream too, and lags behind."""
    return Msg(None, headers={"Status": "404", "Description": "Message Not Found"})  # type: ignore[arg-type]


def silent() -> Msg:
    """As if it had not answered in time."""
    raise NatsTimeoutError


@pytest.mark.parametrize("wrong", [not_yet, silent])
async def test_a_tail_that_cannot_be_read_at_once_is_read_again_and_not_sent_again(
    world: World, wrong: Callable[[], Msg]
) -> None:
    await fresh_stream(world, duplicate_window=int(1e8))
    publisher = await world.runtime("governance")
    async with working(PUBLISHER, publisher):
        await assign(publisher, "a", 1, count=20)
        await within(lambda: unsent(world))
    # As if the relay had been killed between answer and mark, and the server had forgotten what it saw.
    await world.admin.execute(
        "UPDATE governance.outbox SET published_at = NULL, sequence = NULL;"
        "UPDATE governance.relay SET last_sequence = 0"
    )
    await asyncio.sleep(0.2)
    publisher.bus = Asking(publisher.bus, wrong)  # type: ignore[assignment]
    async with working(PUBLISHER, publisher):
        await within(lambda: unsent(world), seconds=5)
    await in_order(world, 20)


async def test_a_stream_that_begins_late_is_not_read_from_one(world: World) -> None:
    """As after years; and where the database is of a moment before, all that the stream holds is looked at."""
    await fresh_stream(world, first_seq=1_000_000)
    publisher = await world.runtime("governance")
    async with working(PUBLISHER, publisher):
        await assign(publisher, "a", 1, count=7)
        await within(lambda: unsent(world))
    await world.admin.execute(
        "UPDATE governance.outbox SET published_at = NULL; UPDATE governance.relay SET last_sequence = 2000000"
    )
    assert publisher.bus is not None
    asking: Any = Asking(publisher.bus)
    async with asyncio.timeout(10):
        _, last = await catching_up.catch_up(publisher, asking)
    assert (last, asking.asked) == (1_000_006, 7)
    assert await unsent(world)


async def test_what_was_taken_out_of_a_stream_is_not_waited_for(world: World) -> None:
    # No user of ours may; an administrator can.
    await fresh_stream(world, deny_delete=False)
    publisher = await world.runtime("governance")
    async with working(PUBLISHER, publisher):
        await assign(publisher, "a", 1, count=7)
        await within(lambda: unsent(world))
    await world.bus.request("$JS.API.STREAM.MSG.DELETE.governance", b'{"seq": 4}')
    await world.admin.execute("UPDATE governance.relay SET last_sequence = 0")
    assert publisher.bus is not None
    asking: Any = Asking(publisher.bus)
    async with asyncio.timeout(10):
        await catching_up.catch_up(publisher, asking)
    assert asking.asked == 6


async def _between(world: World, least: int, most: int) -> Any:
    return least <= await world.admin.fetchval(MARKED) <= most
