"""Outbox, relay, stream, consumer, inbox and dead letters together, against real servers."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from services.kit import tasks
from services.kit.database import Transaction
from services.kit.events import Event
from services.kit.events.relay import Relay
from services.kit.pillar import Reaction
from smartcity.governance.v1 import events_pb2 as governance
from tests.kit.conftest import PUBLISHER, World, assign, pillar, reader, within, working

EFFECT = "INSERT INTO effect (aggregate, version) VALUES ($1, $2)"


async def write(tx: Transaction, event: Event[Any]) -> None:
    await tx.execute(EFFECT, event.aggregate, event.version)


async def refuse_bad(tx: Transaction, event: Event[Any]) -> None:
    await write(tx, event)
    if event.aggregate == "bad" and event.version == 1:
        raise ValueError("cannot be done")


def effects(world: World, schema: str = "environment") -> Any:
    return lambda: world.admin.fetch(f"SELECT aggregate, version FROM {schema}.effect ORDER BY number")


def count(world: World, wanted: int) -> Any:
    async def reached() -> bool:
        return bool(await world.admin.fetchval("SELECT count(*) FROM environment.effect") >= wanted)

    return reached


async def unsent(world: World) -> bool:
    return bool(await world.admin.fetchval("SELECT count(*) = 0 FROM governance.outbox WHERE published_at IS NULL"))


async def messages(world: World) -> int:
    answer = await world.bus.request("$JS.API.STREAM.INFO.governance", b"")
    return int(json.loads(answer.data)["state"]["messages"])


async def test_an_event_reaches_the_other_pillar_once_and_in_order(world: World) -> None:
    made = reader(write)
    await world.fresh_streams(PUBLISHER, made)
    publisher, other = await world.runtime("governance"), await world.runtime("environment")
    async with working(PUBLISHER, publisher), working(made, other):
        for case in range(20):
            await assign(publisher, f"case-{case}", 1, count=5)
        await within(count(world, 100))
        await within(lambda: unsent(world))
    rows = await effects(world)()
    assert len(rows) == 100
    for case in range(20):
        assert [row["version"] for row in rows if row["aggregate"] == f"case-{case}"] == [1, 2, 3, 4, 5]
    assert await messages(world) == 100


async def test_a_rolled_back_action_publishes_nothing(world: World) -> None:
    await world.fresh_streams(PUBLISHER)
    publisher = await world.runtime("governance")
    try:
        async with publisher.transaction() as tx:
            tx.emit(governance.ComplaintRated(code="x"), aggregate="x", version=1, correlation="x")
            raise RuntimeError("changed its mind")
    except RuntimeError:
        pass
    assert await world.admin.fetchval("SELECT count(*) FROM governance.outbox") == 0


async def test_a_batch_published_but_not_marked_is_found_in_the_stream_and_not_sent_again(world: World) -> None:
    await world.fresh_streams(PUBLISHER)
    publisher = await world.runtime("governance")
    async with working(PUBLISHER, publisher):
        await assign(publisher, "a", 1, count=30)
        await within(lambda: unsent(world))
    # As if the relay had been killed between the stream's answer and the mark.
    await world.admin.execute(
        "UPDATE governance.outbox SET published_at = NULL WHERE sequence > 10;"
        "UPDATE governance.relay SET last_sequence = 10"
    )
    await assign(publisher, "a", 31)
    async with working(PUBLISHER, publisher):
        await within(lambda: unsent(world))
    assert await messages(world) == 31


async def test_two_relays_at_once_double_nothing(world: World) -> None:
    await world.fresh_streams(PUBLISHER)
    first, second = await world.runtime("governance"), await world.runtime("governance")
    relays = [asyncio.create_task(Relay(r, r.bus).run(None)) for r in (first, second) if r.bus]  # type: ignore[arg-type]
    try:
        for number in range(50):
            await assign(first if number % 2 else second, f"case-{number}", 1, count=4)
        await within(lambda: unsent(world))
        assert not [relay for relay in relays if relay.done()]
    finally:
        await tasks.end(*relays, patience=0.5)
    assert await messages(world) == 200


async def test_a_lost_stream_is_filled_again_and_effects_stay_single(world: World) -> None:
    made = reader(write)
    await world.fresh_streams(PUBLISHER, made)
    publisher, other = await world.runtime("governance"), await world.runtime("environment")
    async with working(PUBLISHER, publisher), working(made, other):
        await assign(publisher, "before", 1, count=40)
        await within(count(world, 40))
    await world.fresh_streams(PUBLISHER, made)
    async with working(PUBLISHER, publisher), working(made, other):
        await assign(publisher, "after", 1, count=10)
        await within(count(world, 50))
        await within(lambda: unsent(world))
        assert await messages(world) == 50
    assert await world.admin.fetchval("SELECT count(*) FROM environment.effect") == 50


async def test_a_poison_event_is_parked_with_its_followers_and_replayed_in_order(world: World) -> None:
    made, mended = reader(refuse_bad), reader(write)
    await world.fresh_streams(PUBLISHER, made)
    publisher, other = await world.runtime("governance"), await world.runtime("environment")
    async with working(PUBLISHER, publisher), working(made, other):
        await assign(publisher, "bad", 1, count=3)
        await assign(publisher, "good", 1, count=3)
        await within(count(world, 3))
        await within(lambda: world.admin.fetchval("SELECT count(*) = 3 FROM environment.dead_letter"))
    rows = await world.admin.fetch("SELECT version, state, reason FROM environment.dead_letter ORDER BY number")
    assert [(row["version"], row["state"]) for row in rows] == [(1, "poison"), (2, "parked"), (3, "parked")]
    assert "cannot be done" not in rows[0]["reason"]
    await world.admin.execute("UPDATE environment.dead_letter SET replay_requested_at = now()")
    async with working(mended, other):
        await within(count(world, 6))
        await assign(publisher, "bad", 4)
        async with working(PUBLISHER, publisher):
            await within(count(world, 7))
    rows = await effects(world)()
    assert [row["version"] for row in rows if row["aggregate"] == "bad"] == [1, 2, 3, 4]


DEFERRED = """
CREATE FUNCTION environment.refuse_bad() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.aggregate = 'bad' AND NEW.version = 1 THEN RAISE check_violation; END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER bad AFTER INSERT ON environment.effect DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION environment.refuse_bad();
"""


async def test_an_event_that_fails_only_at_the_commit_is_poison_too_and_holds_up_no_other(world: World) -> None:
    made = reader(write)
    await world.fresh_streams(PUBLISHER, made)
    await world.admin.execute(DEFERRED)
    publisher, other = await world.runtime("governance"), await world.runtime("environment")
    async with working(PUBLISHER, publisher):
        await assign(publisher, "bad", 1, count=2)
        await assign(publisher, "good", 1, count=2)
        await within(lambda: unsent(world))
        async with working(made, other):
            await within(count(world, 2))
    assert {row["aggregate"] for row in await effects(world)()} == {"good"}
    rows = await world.admin.fetch("SELECT state, reason FROM environment.dead_letter ORDER BY number")
    assert [tuple(row) for row in rows] == [("poison", "CheckViolationError"), ("parked", "behind a dead letter")]


async def test_several_reactions_run_in_the_order_declared_and_stand_or_fall_together(world: World) -> None:
    async def first(tx: Transaction, event: Event[Any]) -> None:
        await tx.execute(EFFECT, f"first {event.aggregate}", event.version)

    event = governance.ComplaintAssigned
    made = pillar("environment", reactions=(Reaction(event, first), Reaction(event, refuse_bad)))
    await world.fresh_streams(PUBLISHER, made)
    publisher, other = await world.runtime("governance"), await world.runtime("environment")
    async with working(PUBLISHER, publisher), working(made, other):
        await assign(publisher, "bad", 1, count=2)
        await assign(publisher, "good", 1, count=2)
        await within(count(world, 4))
        await within(lambda: world.admin.fetchval("SELECT count(*) = 2 FROM environment.dead_letter"))
    rows = [tuple(row) for row in await effects(world)()]
    assert rows == [("first good", 1), ("good", 1), ("first good", 2), ("good", 2)]
    await world.admin.execute("UPDATE environment.dead_letter SET replay_requested_at = now()")
    mended = replace(made, reactions=(Reaction(event, first), Reaction(event, write)))
    async with working(mended, other):
        await within(count(world, 8))
    rows = [tuple(row) for row in await effects(world)()]
    assert rows[4:] == [("first bad", 1), ("bad", 1), ("first bad", 2), ("bad", 2)]


async def test_events_that_follow_one_another_are_done_together_and_one_by_one_when_that_fails(world: World) -> None:
    sizes: list[int] = []

    async def together(tx: Transaction, events: Sequence[Event[Any]]) -> None:
        sizes.append(len(events))
        for event in events:
            await refuse_bad(tx, event)

    event = governance.ComplaintAssigned
    made = pillar("environment", reactions=(Reaction(event, refuse_bad, together=together),))
    await world.fresh_streams(PUBLISHER, made)
    publisher, other = await world.runtime("governance"), await world.runtime("environment")
    async with working(PUBLISHER, publisher):
        await assign(publisher, "good", 1, count=20)
        await within(lambda: unsent(world))
        async with working(made, other):
            await within(count(world, 20))
            assert max(sizes) > 1
            await assign(publisher, "bad", 1, count=2)
            await assign(publisher, "good", 21, count=2)
            await within(count(world, 22))
    rows = await effects(world)()
    assert [row["version"] for row in rows] == list(range(1, 23))
    assert await world.admin.fetchval("SELECT count(*) FROM environment.dead_letter") == 2


async def test_a_replay_that_fails_again_keeps_its_followers_waiting(world: World) -> None:
    made = reader(refuse_bad)
    await world.fresh_streams(PUBLISHER, made)
    publisher, other = await world.runtime("governance"), await world.runtime("environment")
    async with working(PUBLISHER, publisher), working(made, other):
        await assign(publisher, "bad", 1, count=2)
        await within(lambda: world.admin.fetchval("SELECT count(*) = 2 FROM environment.dead_letter"))
        await world.admin.execute("UPDATE environment.dead_letter SET replay_requested_at = now()")
        asked = "SELECT count(*) = 0 FROM environment.dead_letter WHERE replay_requested_at IS NOT NULL"
        await within(lambda: world.admin.fetchval(asked))
    assert await world.admin.fetchval("SELECT count(*) FROM environment.effect") == 0


async def test_a_reader_that_dies_with_messages_in_hand_is_followed_in_order(world: World) -> None:
    stuck = asyncio.Event()

    async def hang(tx: Transaction, event: Event[Any]) -> None:
        stuck.set()
        await asyncio.Event().wait()

    await world.fresh_streams(PUBLISHER, reader(write), ack_wait_s=1)
    publisher, first = await world.runtime("governance"), await world.runtime("environment")
    async with working(PUBLISHER, publisher):
        await assign(publisher, "case", 1, count=50)
        async with working(reader(hang), first):
            async with asyncio.timeout(10):
                await stuck.wait()
        second = await world.runtime("environment")
        async with working(reader(write), second):
            await assign(publisher, "case", 51, count=50)
            await within(count(world, 100), seconds=30)
    assert [row["version"] for row in await effects(world)()] == list(range(1, 101))


async def test_a_database_outage_is_no_poison(world: World) -> None:
    failures = 0

    async def fail_twice(tx: Transaction, event: Event[Any]) -> None:
        nonlocal failures
        if failures < 2:
            failures += 1
            raise ConnectionResetError("database away")
        await write(tx, event)

    made = reader(fail_twice)
    await world.fresh_streams(PUBLISHER, made)
    publisher, other = await world.runtime("governance"), await world.runtime("environment")
    async with working(PUBLISHER, publisher), working(made, other):
        await assign(publisher, "case", 1, count=3)
        await within(count(world, 3))
    assert await world.admin.fetchval("SELECT count(*) FROM environment.dead_letter") == 0
