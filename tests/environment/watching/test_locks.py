"""Nobody waits for somebody who waits for them: officers, the timer of silence, who takes readings in."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any
from uuid import UUID

from services.environment.rules import store as rules
from services.environment.watching import store, timers
from smartcity.environment.v1 import events_pb2
from tests.environment.watching.watched import Watched
from tests.kit.conftest import within

_HELD = "SELECT FROM rule WHERE id = $1 FOR SHARE"


async def _meanwhile(watched: Watched, does: Awaitable[Any]) -> asyncio.Future[Any]:
    """Has somebody else begun, who gets so far as what is locked lets them: they wait for it, or pass it by."""
    begun = asyncio.ensure_future(does)
    pool = watched.sensing.served.runtime.pool

    async def stands() -> bool:
        waiting = await pool.fetch("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return bool(waiting) or begun.done()

    await within(stands)
    return begun


async def test_a_rule_is_changed_while_its_datastream_is_calibrated(watched: Watched) -> None:
    await watched.rule(name="awas", limit=1.9, hysteresis=0.1)
    last = await watched.rule()
    async with watched.sensing.served.runtime.transaction() as tx:
        rule = await rules.find(tx, last.id, lock=True)
        assert rule is not None
        other = await _meanwhile(watched, watched.sensing.calibrated(watched.datastream, 1.1))
        await rules.save(tx, replace(rule, version=2, bound=2.0))
    assert len((await other).calibrations) == 1


async def test_a_rule_of_silence_is_changed_while_it_is_looked_at(watched: Watched) -> None:
    made = await watched.rule("silence", "diam", window_seconds=300)
    await watched.measure(1.0)
    await watched.listen(seconds=1)
    watched.sensing.served.pass_time(minutes=6)
    runtime = watched.sensing.served.runtime
    async with runtime.transaction() as tx:
        rule = await rules.find(tx, made.id, lock=True)
        assert rule is not None
        other = await _meanwhile(watched, timers.listen(runtime))
        await rules.save(tx, replace(rule, version=2, span=400, updated_at=tx.now))
    await other
    assert await watched.alarms() == []
    await watched.listen(minutes=1)
    assert len(await watched.alarms()) == 1


async def test_a_thing_is_retired_while_alarms_of_its_open(watched: Watched) -> None:
    first, last = await watched.rule(name="siaga"), await watched.rule(name="awas", limit=1.9, hysteresis=0.1)
    async with watched.sensing.served.runtime.transaction() as tx:
        await tx.execute(_HELD, UUID(first.id))
        other = await _meanwhile(watched, watched.sensing.happens(events_pb2.ThingRetired(id=watched.datastream.thing)))
        about = await store.about(tx, [(UUID(one.id), 1) for one in (first, last)])
    await other
    assert len(about) == 2
