"""Timers that do not get done show how late they are, and who does not run them says nothing."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from observability import metrics, semconv
from services.kit import due
from services.kit.pillar import Pillar, Timer
from services.kit.process import ticking
from services.kit.runtime import Runtime
from tests.kit.conftest import PUBLISHER, World, within, working


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tried again at once, so that the tests need not wait for ten seconds; what others watch is not seen."""
    monkeypatch.setattr(ticking, "AGAIN_S", 0.05)
    monkeypatch.setattr(metrics, "_watched", [])


def late() -> dict[str, float]:
    """By timer: what would be exported now."""
    told = [one for name, _, _, read in metrics._watched if name == semconv.TIMER_LATE.name for one in read()]
    return {str(attributes[semconv.TIMER]): value for value, attributes in told}


def of(timer: Timer) -> Pillar:
    return replace(PUBLISHER, publishes=(), timers=(timer,))


async def test_a_timer_that_fails_is_later_and_later_until_it_is_done(world: World) -> None:
    seen: list[float] = []

    async def run(_: Runtime) -> None:
        seen.append(late()["seals"])
        if len(seen) < 4:
            raise OSError("the database is away")

    async with working(of(Timer("seals", timedelta(days=1), run)), await world.runtime("governance")):
        await within(lambda: _is(len(seen) == 4))
        await within(lambda: _is(late() == {"seals": 0.0, "maintenance": 0.0}))
    assert seen == sorted(seen)
    assert seen[-1] >= 0.1, "three pauses"


async def test_a_timer_that_never_ends_is_later_and_later(world: World) -> None:
    async def run(_: Runtime) -> None:
        await asyncio.Event().wait()

    async with working(of(Timer("seals", timedelta(seconds=1), run)), await world.runtime("governance")):
        await within(lambda: _is(late().get("seals", 0.0) > 0.2))


async def test_a_long_turn_is_not_late_while_it_gets_something_done(world: World) -> None:
    waiting, seen = [Seal(uuid4()) for _ in range(10)], []

    async def find(_: object, __: Collection[UUID]) -> Seal | None:
        return waiting[0] if waiting else None

    async def act(_: object, one: Seal) -> None:
        await asyncio.sleep(0.1)
        seen.append(late()["seals"])
        waiting.remove(one)

    async def run(runtime: Runtime) -> None:
        await due.each(runtime, "seal", find, act)

    async with working(of(Timer("seals", timedelta(days=1), run)), await world.runtime("governance")):
        await within(lambda: _is(len(seen) == 10))
    assert max(seen) < 0.5, "all of it took a second"


async def test_a_turn_that_fails_after_it_got_something_done_is_later_and_later(world: World) -> None:
    seen: list[float] = []

    async def run(_: Runtime) -> None:
        due.moved()
        seen.append(late()["seals"])
        raise OSError("the disk is full")

    async with working(of(Timer("seals", timedelta(days=1), run)), await world.runtime("governance")):
        await within(lambda: _is(len(seen) == 5))
    assert seen == sorted(seen)
    assert seen[-1] >= 0.1, "all pauses since it got something done first"


@dataclass(frozen=True)
class Seal:
    id: UUID


async def test_one_thing_that_cannot_be_done_makes_its_timer_late_and_holds_up_no_other(world: World) -> None:
    poison, good = Seal(uuid4()), Seal(uuid4())
    waiting, broken = [poison, good], True

    async def find(_: object, but: Collection[UUID]) -> Seal | None:
        return next((one for one in waiting if one.id not in but), None)

    async def act(_: object, one: Seal) -> None:
        if broken and one is poison:
            raise ValueError("a bug")
        waiting.remove(one)

    async def run(runtime: Runtime) -> None:
        await due.each(runtime, "seal", find, act)

    async with working(of(Timer("seals", timedelta(seconds=0.05), run)), await world.runtime("governance")):
        await within(lambda: _is(late().get("seals", 0.0) > 0.5))
        assert waiting == [poison]
        broken = False
        await within(lambda: _is(late()["seals"] < 0.2))
    assert waiting == []


async def test_who_does_not_run_the_timers_any_more_does_not_say_how_late_they_are(world: World) -> None:
    async def run(_: Runtime) -> None:
        raise OSError("the database is away")

    async with working(of(Timer("seals", timedelta(days=1), run)), await world.runtime("governance")):
        await within(lambda: _is(late()))
    assert late() == {}


async def _is(something: object) -> bool:
    return bool(something)
