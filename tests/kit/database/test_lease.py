"""Leases: one owner at a time, and a former owner's transaction fails."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from services.kit import tasks
from services.kit.database import lease as module
from services.kit.database.lease import Lease, LeaseLostError, Leases, Work
from services.kit.runtime import Runtime
from tests.kit.conftest import World

RUNBOOK = Path(__file__).parents[3] / "observability" / "runbooks" / "JobWithoutOwner.md"
ARGUMENTS = ", $1::text[], $2::bigint[], $3::float8"


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leases of a second, so that the tests need not wait for three."""
    monkeypatch.setattr(module, "LIFETIME_S", 1.0)
    monkeypatch.setattr(module, "RENEW_S", 0.2)


@asynccontextmanager
async def holding(runtime: Runtime, work: Work) -> AsyncIterator["asyncio.Task[None]"]:
    task = asyncio.create_task(Leases(runtime).hold("job", work))
    try:
        yield task
    finally:
        await tasks.end(task, patience=0.5)


class Job:
    """Work that says when it begins and ends."""

    def __init__(self) -> None:
        self.leases: list[Lease] = []
        self.at_work = False
        self.begun = asyncio.Event()
        self.ended = asyncio.Event()

    async def __call__(self, lease: Lease) -> None:
        self.leases.append(lease)
        self.at_work = True
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.at_work = False
            self.ended.set()


async def soon(event: asyncio.Event) -> None:
    async with asyncio.timeout(10):
        await event.wait()


async def test_there_is_one_owner_at_a_time_and_a_hand_over_is_quick(world: World) -> None:
    first, second = await world.runtime("environment"), await world.runtime("environment")
    one, two = Job(), Job()
    async with holding(first, one):
        await soon(one.begun)
        async with holding(second, two):
            await asyncio.sleep(1.5)  # longer than a lease that nobody renews
            assert one.at_work
            assert not two.at_work
    assert not one.at_work
    async with holding(second, two):
        await soon(two.begun)
    assert two.leases[0].fence == one.leases[0].fence + 1


async def test_a_lease_that_lies_far_ahead_is_let_go_by_what_its_runbook_says(world: World) -> None:
    runtime, job = await world.runtime("environment"), Job()
    await runtime.pool.fetchval(module._TAKE, "job", "dead:1", 3600.0)
    (statement,) = re.findall(r'"(UPDATE governance\.lease .*)"', RUNBOOK.read_text(encoding="utf-8"))
    async with holding(runtime, job):
        await asyncio.sleep(0.3)
        assert not job.at_work, "a new process waits for it as the old ones do"
        await world.admin.execute(statement.replace("governance", "environment").replace("timers", "job"))
        await soon(job.begun)


async def test_a_dead_owners_lease_is_taken_over_after_it_expires(world: World) -> None:
    runtime = await world.runtime("environment")
    dead = await runtime.pool.fetchval(module._TAKE, "job", "dead:1", 0.5)
    job = Job()
    async with holding(runtime, job):
        await soon(job.begun)
        expired = await world.admin.fetchval("SELECT owner FROM environment.lease WHERE name = 'job'")
    assert job.leases[0].fence == dead + 1
    assert expired == runtime.owner


async def test_a_lost_lease_cancels_the_work_and_it_starts_again_when_won_back(world: World) -> None:
    runtime, job = await world.runtime("environment"), Job()
    async with holding(runtime, job):
        await soon(job.begun)
        job.begun.clear()
        await world.admin.execute(
            "UPDATE environment.lease SET fence = fence + 1, owner = 'thief', expires_at = now() + interval '1 second'"
        )
        await soon(job.ended)
        await soon(job.begun)
    assert [lease.fence for lease in job.leases] == [1, 3]


async def test_a_former_owners_transaction_fails_and_leaves_nothing(world: World) -> None:
    runtime = await world.runtime("environment")
    await runtime.pool.execute("INSERT INTO lease VALUES ('job', 'thief', 2, now() + interval '1 minute')")
    with pytest.raises(LeaseLostError):
        async with runtime.transaction(lease=Lease("job", 1)) as tx:
            await tx.execute("INSERT INTO effect (aggregate) VALUES ('late')")
    assert await world.admin.fetchval("SELECT count(*) FROM environment.effect") == 0


async def test_nobody_takes_a_lease_while_its_owners_transaction_runs(world: World) -> None:
    runtime = await world.runtime("environment")
    fence = await runtime.pool.fetchval(module._TAKE, "job", "one", 0.0)
    taking = ("job", "two", 1.0)
    async with runtime.transaction(lease=Lease("job", fence)) as tx:
        # Nor does anybody wait, whoever may hold that lock and for how long.
        async with asyncio.timeout(5):
            assert await runtime.pool.fetchval(module._TAKE, *taking) is None
        await tx.execute("INSERT INTO effect (aggregate) VALUES ('in time')")
    assert await runtime.pool.fetchval(module._TAKE, *taking) == fence + 1
    assert await world.admin.fetchval("SELECT count(*) FROM environment.effect") == 1


async def test_work_that_fails_is_started_again(world: World) -> None:
    runtime, job = await world.runtime("environment"), Job()
    tries = 0

    async def fail_once(lease: Lease) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise RuntimeError("a bug")
        await job(lease)

    async with holding(runtime, fail_once):
        await soon(job.begun)
    assert tries == 2


async def test_an_owner_without_a_database_stops_within_the_leases_life(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime, job = await world.runtime("environment"), Job()
    async with holding(runtime, job):
        await soon(job.begun)
        monkeypatch.setattr(module, "_RENEW", f"SELECT pg_terminate_backend(pg_backend_pid()) {ARGUMENTS}")
        started = asyncio.get_running_loop().time()
        await soon(job.ended)
    assert asyncio.get_running_loop().time() - started < 2.5


async def test_a_renewal_that_hangs_does_not_keep_the_work_alive(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime, job = await world.runtime("environment"), Job()
    async with holding(runtime, job):
        await soon(job.begun)
        monkeypatch.setattr(module, "_RENEW", f"SELECT pg_sleep(30) {ARGUMENTS}")
        started = asyncio.get_running_loop().time()
        await soon(job.ended)
    assert asyncio.get_running_loop().time() - started < 2.5


async def test_a_transaction_longer_than_the_lease_does_not_lose_it(world: World) -> None:
    runtime, ended = await world.runtime("environment"), asyncio.Event()

    async def work_long(lease: Lease) -> None:
        async with runtime.transaction(lease=lease) as tx:
            await tx.execute("SELECT pg_sleep(2)")
            assert await world.admin.fetchval("SELECT expires_at > clock_timestamp() FROM environment.lease")
            await tx.execute("INSERT INTO effect (aggregate) VALUES ('done')")
        ended.set()

    async with holding(runtime, work_long):
        await soon(ended)
    assert await world.admin.fetchval("SELECT max(fence) FROM environment.lease") == 1


async def test_one_statement_renews_all_that_a_process_owns(world: World) -> None:
    runtime, jobs = await world.runtime("environment"), {name: Job() for name in ("relay", "timers", "job:devices")}
    own = Leases(runtime)
    holding = [asyncio.create_task(own.hold(name, job)) for name, job in jobs.items()]
    try:
        await asyncio.gather(*(soon(job.begun) for job in jobs.values()))
        await asyncio.sleep(0.5)
        ends = await world.admin.fetch(
            "SELECT DISTINCT expires_at - clock_timestamp() < '1.1 s' FROM environment.lease"
        )
        writers = await world.admin.fetchval("SELECT count(DISTINCT xmin::text) FROM environment.lease")
        assert ([row[0] for row in ends], writers) == ([True], 1)
        assert all(job.at_work for job in jobs.values())
        await world.admin.execute(
            "UPDATE environment.lease SET fence = fence + 1, owner = 'thief' WHERE name = 'relay'"
        )
        await soon(jobs["relay"].ended)
        assert [name for name, job in jobs.items() if job.at_work] == ["timers", "job:devices"]
    finally:
        await tasks.end(*holding, patience=0.5)


async def test_a_renewal_that_was_on_its_way_does_not_undo_a_release(world: World) -> None:
    runtime = await world.runtime("environment")
    fence = await runtime.pool.fetchval(module._TAKE, "job", "one", 1.0)
    await runtime.pool.execute(module._RELEASE, "job", fence)
    assert await runtime.pool.fetch(module._RENEW, ["job"], [fence], 1.0) == []
    assert await runtime.pool.fetchval(module._TAKE, "job", "two", 1.0) == fence + 1


async def test_what_is_taken_while_the_last_other_one_ends_is_renewed_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Renewing ends with the last that is owned, which takes a moment: here one is taken just then."""
    runtime, job = await world.runtime("environment"), Job()
    own, end = Leases(runtime), tasks.end
    taken: list[asyncio.Task[None]] = []

    async def end_slowly(*ending: "asyncio.Task[None]", patience: float = tasks.PATIENCE_S) -> None:
        if len(ending) == 1 and not taken:
            taken.append(asyncio.create_task(own.hold("second", job)))
            await soon(job.begun)
            await world.admin.execute(
                "UPDATE environment.lease SET fence = fence + 1, expires_at = 'infinity' WHERE name = 'first'"
            )
        await end(*ending, patience=patience)

    async def once(_: Lease) -> None:
        monkeypatch.setattr(tasks, "end", end_slowly)

    first = asyncio.create_task(own.hold("first", once))
    try:
        await soon(job.begun)
        await asyncio.sleep(1.5)  # longer than a lease that nobody renews
        assert (job.at_work, job.ended.is_set()) == (True, False)
    finally:
        await end(first, *taken, patience=0.5)
