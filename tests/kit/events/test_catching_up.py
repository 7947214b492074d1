"""What a relay does with a stream that was lost, or whose tail it does not know."""

import asyncio
from typing import Any

import pytest

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


async def _between(world: World, least: int, most: int) -> Any:
    return least <= await world.admin.fetchval(MARKED) <= most
