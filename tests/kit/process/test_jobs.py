"""A pillar's own jobs: one process at a time does each, the next one goes on, and what nobody wants is not begun."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from services.kit import tasks
from services.kit.database.lease import LeaseLostError, Leases
from services.kit.pillar import Job, Timer
from services.kit.process import running, ticking
from services.kit.runtime import Runtime
from tests.kit.conftest import PUBLISHER, World, within, working


async def test_one_process_does_a_job_until_it_ends_and_then_another(world: World) -> None:
    at_work: list[str] = []
    began: list[str] = []

    async def work(runtime: Runtime) -> None:
        async with runtime.transaction():
            began.append(runtime.owner)
        at_work.append(runtime.owner)
        try:
            await asyncio.Event().wait()
        finally:
            at_work.remove(runtime.owner)

    async def refused(_: Runtime) -> None:
        began.append("unwanted")

    made = replace(PUBLISHER, jobs=(Job("reading", work), Job("never", refused, wanted=lambda _: False)))
    await world.fresh_streams(made)
    first, second = await world.runtime("governance"), await world.runtime("governance")

    async def both() -> bool:
        return len(began) == 2

    async with working(made, second):
        async with working(made, first):
            await within(lambda: _is(at_work))
            assert len(at_work) == 1
        if began == [first.owner]:
            await within(both)
        await within(lambda: _is(at_work))
        assert at_work == [second.owner]
    assert at_work == []
    assert "unwanted" not in began


async def test_what_a_job_writes_after_another_owns_it_is_not_committed(world: World) -> None:
    told: list[str] = []

    async def work(runtime: Runtime) -> None:
        await world.admin.execute("UPDATE governance.lease SET fence = fence + 1 WHERE name = 'job:writing'")
        try:
            async with runtime.transaction():
                told.append("written")
        except LeaseLostError:
            told.append("lost")
            await asyncio.Event().wait()

    made = replace(PUBLISHER, jobs=(Job("writing", work),))
    await world.fresh_streams(made)
    async with working(made, await world.runtime("governance")):
        await within(lambda: _is(told))
    assert told == ["lost"]


async def test_what_a_pillar_without_reactions_does_goes_on(world: World) -> None:
    runtime = await world.runtime("governance")
    jobs = [asyncio.ensure_future(job) for job in running._jobs(PUBLISHER, runtime, Leases(runtime))]
    try:
        done, _ = await asyncio.wait(jobs, timeout=0.3, return_when=asyncio.FIRST_COMPLETED)
        assert not done
    finally:
        await tasks.end(*jobs)


async def _is(something: object) -> bool:
    return bool(something)


async def test_a_daily_timer_that_fails_is_tried_again_soon_and_then_has_its_day(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticking, "AGAIN_S", 0.01)
    runs: list[str] = []

    async def run(runtime: Runtime) -> None:
        runs.append(runtime.owner)
        if len(runs) < 3:
            raise OSError("the database is away")

    made = replace(PUBLISHER, timers=(Timer("profile", timedelta(days=1), run),))
    await world.fresh_streams(made)
    async with working(made, await world.runtime("governance")):
        await within(lambda: _is(len(runs) >= 3))
        await asyncio.sleep(0.2)
    assert len(runs) == 3
