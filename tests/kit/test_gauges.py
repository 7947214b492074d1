"""Gauges of a pillar, read from its real tables and consumers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from observability import metrics, semconv
from observability.semconv import Metric
from services.kit.pillar import Job, Pillar, Reaction
from services.kit.process import watching
from services.kit.runtime import Runtime
from smartcity.society.v1 import events_pb2 as society
from tests.kit.conftest import PUBLISHER, World, assign, reader, within, working


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read ten times a second, so that the tests need not wait for ten seconds; what others watch is not seen."""
    monkeypatch.setattr(watching, "EVERY_S", 0.1)
    monkeypatch.setattr(metrics, "_watched", [])


@asynccontextmanager
async def watched(pillar: Pillar, runtime: Runtime) -> AsyncIterator[None]:
    async with watching.watching(pillar, runtime):
        await within(lambda: told(semconv.OUTBOX_AGE))
        yield


async def told(metric: Metric) -> list[tuple[float, metrics.Attributes]]:
    """What would be exported of a metric now."""
    return [one for name, _, _, read in metrics._watched if name == metric.name for one in read()]


async def values(metric: Metric, attribute: str = "") -> dict[Any, float]:
    return {attributes.get(attribute, ""): float(value) for value, attributes in await told(metric)}


async def nothing(*_: object) -> None:
    """A reaction that does nothing."""


async def test_events_that_wait_for_their_stream_are_counted_and_have_an_age(world: World) -> None:
    await world.fresh_streams(PUBLISHER)
    runtime = await world.runtime("governance")
    async with watched(PUBLISHER, runtime):
        assert await values(semconv.OUTBOX_UNSENT) == {"": 0}
        assert await values(semconv.OUTBOX_AGE) == {"": 0}
        assert await told(semconv.PUBLISHED_AGE) == [], "nothing was published yet"
        await assign(runtime, "SMG-1", 1, 3)
        await within(lambda: reads(semconv.OUTBOX_UNSENT, {"": 3}))
        await within(lambda: above(semconv.OUTBOX_AGE, 0))
        async with working(PUBLISHER, runtime):
            await within(lambda: reads(semconv.OUTBOX_UNSENT, {"": 0}))
            await within(lambda: told(semconv.PUBLISHED_AGE))
            await within(lambda: reads(semconv.LEASE_HELD, {"relay": 1, "timers": 1}, semconv.LEASE))
        await within(lambda: reads(semconv.LEASE_HELD, {"relay": 0, "timers": 0}, semconv.LEASE))


async def test_a_consumer_that_nobody_reads_lags_and_stalls(world: World) -> None:
    listener = reader(nothing)
    await world.fresh_streams(PUBLISHER, listener)
    source, runtime = await world.runtime("governance"), await world.runtime("environment")
    async with working(PUBLISHER, source), watched(listener, runtime):
        await assign(source, "SMG-1", 1, 2)
        await within(lambda: reads(semconv.CONSUMER_LAG, {"governance": 2}, semconv.STREAM))
        await within(lambda: above(semconv.CONSUMER_STALLED, 0))
        async with working(listener, runtime):
            await within(lambda: reads(semconv.CONSUMER_LAG, {"governance": 0}, semconv.STREAM))
            await within(lambda: reads(semconv.CONSUMER_STALLED, {"governance": 0}, semconv.STREAM))


async def test_dead_letters_are_counted_until_they_are_replayed(world: World) -> None:
    async def poison(*_: object) -> None:
        raise ValueError("a bug")

    listener = reader(poison)
    await world.fresh_streams(PUBLISHER, listener)
    source, runtime = await world.runtime("governance"), await world.runtime("environment")
    async with working(PUBLISHER, source), working(listener, runtime), watched(listener, runtime):
        await assign(source, "SMG-1", 1, 3)
        await within(lambda: reads(semconv.DEAD_LETTERS, {"poison": 1, "parked": 2}, semconv.STATE))
        await world.admin.execute("UPDATE environment.dead_letter SET replayed_at = now()")
        await within(lambda: reads(semconv.DEAD_LETTERS, {"poison": 0, "parked": 0}, semconv.STATE))


async def test_a_job_of_the_pillars_own_has_a_lease_like_the_others(world: World) -> None:
    async def works(*_: object) -> None:
        await asyncio.Event().wait()

    jobs = (Job("devices", works), Job("nothing to do here", works, lambda _: False))
    busy = replace(PUBLISHER, publishes=(), jobs=jobs)
    runtime = await world.runtime("governance")
    async with watched(busy, runtime):
        await within(lambda: reads(semconv.LEASE_HELD, {"timers": 0, "job:devices": 0}, semconv.LEASE))
        async with working(busy, runtime):
            await within(lambda: reads(semconv.LEASE_HELD, {"timers": 1, "job:devices": 1}, semconv.LEASE))


async def test_what_cannot_be_read_is_soon_not_reported_any_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "FRESH_S", 0.5)
    runtime = await world.runtime("governance")
    async with watched(PUBLISHER, runtime):
        await world.admin.execute("ALTER TABLE governance.outbox RENAME TO hidden")
        await within(lambda: gone(semconv.OUTBOX_AGE))
        await world.admin.execute("ALTER TABLE governance.hidden RENAME TO outbox")
        await within(lambda: told(semconv.OUTBOX_AGE))


async def test_gauges_that_cannot_be_read_say_since_when_while_the_process_lives_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "FRESH_S", 0.5)
    runtime = await world.runtime("governance")
    kit = {semconv.GAUGES: semconv.OUTBOX_UNSENT.name}

    async def unread(least: float) -> bool:
        return [value > least for value, attributes in await told(semconv.GAUGES_UNREAD) if attributes == kit] == [True]

    async with watched(PUBLISHER, runtime):
        async with world.admin.transaction():
            await world.admin.execute("LOCK TABLE governance.outbox IN ACCESS EXCLUSIVE MODE")
            await within(lambda: unread(1.0))
            assert await gone(semconv.OUTBOX_AGE), "alerts about it see nothing"
            (before,) = (await values(semconv.HEARTBEAT)).values()
            await within(lambda: above(semconv.HEARTBEAT, before))
        await within(lambda: told(semconv.OUTBOX_AGE))
        assert not await unread(1.0)


async def test_a_stream_without_an_answer_counts_as_stalled_and_hides_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(PUBLISHER, name="society", publishes=(society.DESCRIPTOR,))
    listener = reader(nothing)
    listener = replace(listener, reactions=(*listener.reactions, Reaction(society.ProposalAdvanced, nothing)))
    await world.fresh_streams(PUBLISHER, other, listener)
    source, runtime = await world.runtime("governance"), await world.runtime("environment")
    await silence(runtime, "$JS.API.CONSUMER.INFO.society.", monkeypatch)
    async with working(PUBLISHER, source), watched(listener, runtime):
        await assign(source, "SMG-1", 1, 2)
        await within(lambda: reads(semconv.CONSUMER_LAG, {"governance": 2}, semconv.STREAM))
        await within(lambda: stalled({"governance", "society"}))
        async with working(listener, runtime):
            await within(lambda: reads(semconv.CONSUMER_LAG, {"governance": 0}, semconv.STREAM))
            await within(lambda: stalled({"society"}))


async def silence(runtime: Runtime, subject: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked under a subject comes to somebody who never answers."""
    assert runtime.bus is not None
    ask = runtime.bus.request
    await runtime.bus.subscribe("silence", cb=nothing)

    async def request(to: str, *args: Any, **more: Any) -> Any:
        return await ask("silence" if to.startswith(subject) else to, *args, **more)

    monkeypatch.setattr(runtime.bus, "request", request)
    monkeypatch.setattr(watching, "ANSWER_S", 0.1)
    monkeypatch.setattr(watching, "EVERY_S", 0.5)


async def stalled(wanted: set[str]) -> bool:
    found = await values(semconv.CONSUMER_STALLED, semconv.STREAM)
    return {stream for stream, seconds in found.items() if seconds > 0} == wanted


async def reads(metric: Metric, wanted: dict[str, float], attribute: str = "") -> bool:
    return await values(metric, attribute) == wanted


async def above(metric: Metric, least: float) -> bool:
    return any(value > least for value, _ in await told(metric))


async def gone(metric: Metric) -> bool:
    await asyncio.sleep(0)
    return not await told(metric)
