"""What cannot be read as an event is kept, blocks nothing but its own aggregate, and never stops the consumer."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from services.kit.database import Transaction, maintenance
from services.kit.events import Event, dead_letters
from services.kit.pillar import Reaction
from smartcity.governance.v1 import events_pb2 as pb
from tests.kit.conftest import PUBLISHER, World, reader, within, working
from tests.kit.events.test_envelope import NAME, envelope

PAYLOAD = pb.ComplaintAssigned(code="case").SerializeToString()


async def write(tx: Transaction, event: Event[Any]) -> None:
    await tx.execute("INSERT INTO effect (aggregate, version) VALUES ($1, $2)", event.aggregate, event.version)


async def consumed(world: World, *letters: tuple[dict[str, str], bytes], effects: int) -> list[Any]:
    """Lets environment consume these messages until so many effects are there; answers with the dead letters."""
    made = reader(write)
    await world.fresh_streams(PUBLISHER, made)
    for head, payload in letters:
        await world.bus.publish(NAME, payload, headers=head)
    runtime = await world.runtime("environment")
    async with working(made, runtime):
        sql = "SELECT count(*) = $1 FROM environment.effect"
        await within(lambda: world.admin.fetchval(sql, effects))
        left = "SELECT count(*) = $1 FROM environment.dead_letter"
        await within(lambda: world.admin.fetchval(left, len(letters) - effects))
    return await world.admin.fetch("SELECT * FROM environment.dead_letter ORDER BY number")


async def test_an_unreadable_message_is_kept_with_all_it_had(world: World) -> None:
    broken = envelope(id="no uuid")
    dead = await consumed(world, (broken, PAYLOAD), (envelope(subject="other"), PAYLOAD), effects=1)
    assert (dead[0]["state"], dead[0]["event_id"], dead[0]["aggregate"]) == ("poison", "no uuid", "case")
    assert dead[0]["payload"] == PAYLOAD
    assert "cannot be read" in dead[0]["reason"]


async def test_later_events_of_its_aggregate_wait_behind_an_unreadable_one(world: World) -> None:
    letters = [(envelope(sequence="x"), PAYLOAD), (envelope(sequence="2"), PAYLOAD), (envelope(subject="b"), PAYLOAD)]
    dead = await consumed(world, *letters, effects=1)
    assert [(letter["state"], letter["version"]) for letter in dead] == [("poison", 0), ("parked", 2)]


async def test_a_version_that_fits_no_column_stops_nothing(world: World) -> None:
    letters = [(envelope(sequence="9" * 30), PAYLOAD), (envelope(subject="b"), PAYLOAD)]
    dead = await consumed(world, *letters, effects=1)
    assert [letter["version"] for letter in dead] == [0]


async def test_a_message_without_headers_stops_nothing(world: World) -> None:
    dead = await consumed(world, ({"x": "y"}, b""), (envelope(subject=None), b""), (envelope(), b""), effects=1)
    assert [letter["aggregate"] for letter in dead] == ["", ""]


async def test_an_event_published_twice_has_one_effect(world: World) -> None:
    once = envelope()
    del once["Nats-Msg-Id"]  # as after a restart of NATS, which forgets what it has seen
    made = reader(write)
    await world.fresh_streams(PUBLISHER, made)
    for head in (once, once, envelope(subject="b")):
        await world.bus.publish(NAME, PAYLOAD, headers=head)
    runtime = await world.runtime("environment")
    async with working(made, runtime):
        await within(lambda: world.admin.fetchval("SELECT count(*) = 2 FROM environment.effect"))
        await world.bus.publish(NAME, PAYLOAD, headers=once)
        await world.bus.publish(NAME, PAYLOAD, headers=envelope(subject="c"))
        await within(lambda: world.admin.fetchval("SELECT count(*) = 3 FROM environment.effect"))
    assert await world.admin.fetchval("SELECT count(DISTINCT aggregate) = 3 FROM environment.effect")


async def test_a_replay_is_made_when_it_is_asked_for_however_many_events_come(world: World) -> None:
    mended = False

    async def fails_at_first(tx: Transaction, event: Event[Any]) -> None:
        if event.aggregate == "case" and not mended:
            raise ValueError("not yet")
        await write(tx, event)

    async def publish() -> None:
        for sequence in count(1):
            await world.bus.publish(NAME, PAYLOAD, headers=envelope(subject="b", sequence=str(sequence)))
            await asyncio.sleep(0.01)

    made = reader(fails_at_first)
    await world.fresh_streams(PUBLISHER, made)
    await world.bus.publish(NAME, PAYLOAD, headers=envelope())
    replayed = "SELECT EXISTS (SELECT FROM environment.effect WHERE aggregate = 'case')"
    async with asyncio.TaskGroup() as group:
        publishing = group.create_task(publish())
        async with working(made, await world.runtime("environment")):
            await within(lambda: world.admin.fetchval("SELECT count(*) = 1 FROM environment.dead_letter"))
            mended = True
            await world.admin.execute("UPDATE environment.dead_letter SET replay_requested_at = now()")
            await within(lambda: world.admin.fetchval(replayed))
        publishing.cancel()


async def test_what_comes_while_a_replay_is_made_is_done_too_and_in_order(world: World) -> None:
    """It waits behind what is replayed, and nobody would ask for it again: the command has ended well by then."""
    mended = False

    async def fails_at_first(tx: Transaction, event: Event[Any]) -> None:
        if not mended:
            raise ValueError("not yet")
        if event.version == 50:
            await world.bus.publish(NAME, PAYLOAD, headers=envelope(sequence="152"))
        await write(tx, event)

    made = reader(fails_at_first)
    await world.fresh_streams(PUBLISHER, made)
    for sequence in range(1, 152):
        await world.bus.publish(NAME, PAYLOAD, headers=envelope(sequence=str(sequence)))
    async with working(made, await world.runtime("environment")):
        await within(lambda: world.admin.fetchval("SELECT count(*) = 151 FROM environment.dead_letter"))
        mended = True
        await world.admin.execute("UPDATE environment.dead_letter SET replay_requested_at = now()")
        left = "SELECT count(*) = 152 AND bool_and(replayed_at IS NOT NULL) FROM environment.dead_letter"
        await within(lambda: world.admin.fetchval(left))
        await world.bus.publish(NAME, PAYLOAD, headers=envelope(sequence="153"))
        await within(lambda: world.admin.fetchval("SELECT count(*) = 153 FROM environment.effect"))
    rows = await world.admin.fetch("SELECT version FROM environment.effect ORDER BY number")
    assert [row["version"] for row in rows] == list(range(1, 154))


@pytest.mark.parametrize(
    ("states", "asked", "done"),
    [
        (["poison", "parked", "parked"], [1], [1, 2, 3]),  # parked by a batch that did not see the request yet
        (["poison", "parked", "poison", "parked"], [1], [1, 2]),
        (["poison", "parked", "parked"], [2], [2]),
    ],
    ids=["what waits behind it", "up to the next that failed by itself", "not what waits behind another too"],
)
async def test_with_a_letter_goes_what_waits_behind_it_alone(
    world: World, states: list[str], asked: list[int], done: list[int]
) -> None:
    runtime = await world.runtime("environment")
    async with runtime.transaction() as tx:
        for version, state in enumerate(states, start=1):
            await dead_letters.bury(tx, "governance", envelope(sequence=str(version)), b"", state, "BROKEN")
        for other in ("parked behind another", None):
            await dead_letters.bury(tx, "governance", envelope(subject=other, sequence="8"), b"", "parked", "BROKEN")
        await dead_letters.bury(tx, "economy", envelope(sequence="9"), b"", "parked", "BROKEN")
        await tx.execute("UPDATE dead_letter SET replay_requested_at = now() WHERE version = ANY($1)", asked)
    replayed: list[int] = []

    async def handle(tx: Transaction, head: Mapping[str, str], payload: bytes) -> None:
        replayed.append(int(head["ce-sequence"]))

    while await dead_letters.replay(runtime, "governance", handle):
        pass
    assert replayed == done


async def test_what_fails_again_takes_back_what_stands_behind_it_and_nothing_stands_behind_what_is_of_no_aggregate(
    world: World,
) -> None:
    runtime = await world.runtime("environment")
    async with runtime.transaction() as tx:
        for version, subject in enumerate(("case", "case", None, None, "b"), start=1):
            head = envelope(subject=subject, sequence=str(version))
            await dead_letters.bury(tx, "governance", head, b"", "poison", "BROKEN")
        await tx.execute("UPDATE dead_letter SET replay_requested_at = now()")
    tried: list[int] = []

    async def handle(tx: Transaction, head: Mapping[str, str], payload: bytes) -> None:
        tried.append(int(head["ce-sequence"]))
        if tried[-1] in (1, 3):
            raise ValueError("not yet")

    while await dead_letters.replay(runtime, "governance", handle):
        pass
    assert tried == [1, 3, 4, 5]


async def test_a_letter_goes_a_month_after_it_was_replayed_and_one_that_waits_stays(world: World) -> None:
    runtime = await world.runtime("environment")
    async with runtime.transaction() as tx:
        for subject in ("replayed long ago", "replayed", "waits"):
            await dead_letters.bury(tx, "governance", envelope(subject=subject), b"", "poison", "BROKEN")
    ages = "UPDATE environment.dead_letter SET replayed_at = now() - $2::interval WHERE aggregate = $1"
    await world.admin.execute(ages, "replayed long ago", timedelta(days=31))
    await world.admin.execute(ages, "replayed", timedelta(days=29))
    await maintenance.prune(runtime)
    left = await world.admin.fetch("SELECT aggregate FROM environment.dead_letter ORDER BY number")
    assert [row["aggregate"] for row in left] == ["replayed", "waits"]


FIRST_RELEASE = """
UPDATE environment.dead_letter SET reason = format('header or type %L is missing or unknown', type)
 WHERE reason LIKE 'type %';
DELETE FROM environment.inbox USING environment.dead_letter AS d WHERE id = d.event_id::uuid AND d.state = 'poison';
INSERT INTO environment.dead_letter (consumer, event_id, type, aggregate, version, headers, payload, reason, state)
SELECT consumer, event_id, type, aggregate, version, headers, payload, reason, state
  FROM environment.dead_letter WHERE state = 'poison';
"""
"""What version 0.1.0 did otherwise: it took no place in the inbox for what it could not read, and kept it twice."""


@pytest.mark.parametrize("left", ["SELECT", FIRST_RELEASE], ids=["this release", "the first release"])
async def test_what_a_version_before_did_not_know_is_read_by_the_next_once_and_in_order(
    world: World, left: str
) -> None:
    """While a pillar is upgraded, the version before reads the stream that the new one has subscribed to already."""
    before = reader(write)
    resolved = pb.ComplaintResolved.DESCRIPTOR.full_name
    now = replace(before, reactions=(*before.reactions, Reaction(pb.ComplaintResolved, write)))
    first = envelope(type=resolved, sequence="1")
    del first["Nats-Msg-Id"]
    await world.fresh_streams(PUBLISHER, now)
    other = envelope(type=resolved, source="/smartcity/x/economy", subject="other")
    for head in (first, first, envelope(sequence="2"), other):
        await world.bus.publish(head["ce-type"], b"", headers=head)
    waiting = "SELECT count(*) FROM environment.dead_letter WHERE replayed_at IS NULL"
    async with working(before, await world.runtime("environment")):
        await within(lambda: world.admin.fetchval(f"SELECT ({waiting}) = 3"))
    await world.admin.execute(left)
    async with working(now, await world.runtime("environment")):
        await within(lambda: world.admin.fetchval("SELECT count(*) = 2 FROM environment.effect"))
        await world.bus.publish(resolved, b"", headers=first)  # again: who set it aside acknowledged nothing
        await world.bus.publish(NAME, PAYLOAD, headers=envelope(subject="b"))
        await within(lambda: world.admin.fetchval("SELECT count(*) = 3 FROM environment.effect"))
    effects = await world.admin.fetch("SELECT aggregate, version FROM environment.effect ORDER BY number")
    assert [tuple(row) for row in effects] == [("case", 1), ("case", 2), ("b", 3)]
    assert await world.admin.fetchval(waiting) == 1, "what speaks for another pillar stays aside"
    assert "is not the stream's" in await world.admin.fetchval(waiting.replace("count(*)", "reason"))


async def test_one_look_tells_each_consumer_of_a_process_of_its_own_replays_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = await world.runtime("environment")
    replays = dead_letters.Replays(runtime)
    streams = ("governance", "economy", "living")
    assert [await replays.wanted(each) for each in streams] == [False] * 3
    async with runtime.transaction() as tx:
        for each in streams[:2]:
            await dead_letters.bury(tx, each, {}, b"", "poison", "BROKEN")
        await tx.execute("UPDATE dead_letter SET replay_requested_at = now()")
    assert not await replays.wanted("governance"), "it was looked just now"
    monkeypatch.setattr(dead_letters, "LOOK_S", 0.0)
    assert await replays.wanted("living") is False
    monkeypatch.setattr(dead_letters, "LOOK_S", 60.0)
    assert [await replays.wanted(each) for each in streams * 2] == [True, True, False] + [False] * 3
