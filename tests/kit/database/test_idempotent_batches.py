"""Idempotent writes of a group commit: many keys in two statements, and still one effect per caller and key."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.caller import Caller, Scope
from services.kit.database import Transaction
from services.kit.database.group_commit import ATTEMPTS, GroupCommit
from services.kit.database.idempotency import Claim, first_alike, keep, let_go, once, recall, remember
from services.kit.database.maintenance import prune
from services.kit.errors import ConcurrentKeyError, DomainError, not_found
from services.kit.runtime import Runtime
from smartcity.governance.v1 import events_pb2 as pb
from tests.kit.conftest import World

KEY = b"a key of the pillar"
Answer = bytes | DomainError
Pause = Callable[[], Awaitable[Any]]


@pytest.fixture
async def runtime(world: World) -> Runtime:
    return await world.runtime("environment")


def claim(key: str, caller: str = "siti", code: str = "one") -> Claim:
    return Claim(caller, key, pb.ComplaintAssigned(code=code), KEY)


async def pay(tx: Transaction, claims: Sequence[Claim], before_keep: Pause | None = None) -> list[Answer]:
    """What a flush does: recalls, does what is new once, keeps, and answers all."""
    known = await recall(tx, claims)
    first = first_alike(claims)
    new = [place for place, found in enumerate(known) if found is None and first[place] == place]
    sql = "INSERT INTO effect (aggregate, version) SELECT unnest($1::text[]), 1 RETURNING number"
    rows = await tx.fetch(sql, [claims[place].request_id for place in new])
    done = {place: f"effect {row['number']}".encode() for place, row in zip(new, rows, strict=True)}
    if before_keep is not None:
        await before_keep()
    await tx.together(keep([claims[place] for place in new], list(done.values())))
    return [done[first[place]] if found is None else found for place, found in enumerate(known)]


async def batch(runtime: Runtime, *claims: Claim, before_keep: Pause | None = None) -> list[Answer]:
    async with runtime.transaction() as tx:
        return await pay(tx, claims, before_keep)


def reasons(answers: Sequence[Answer]) -> list[str | None]:
    return [getattr(answer, "reason", None) for answer in answers]


async def effects(world: World) -> list[str]:
    rows = await world.admin.fetch("SELECT aggregate FROM environment.effect ORDER BY number")
    return [row["aggregate"] for row in rows]


async def test_a_batch_that_comes_again_answers_as_before(world: World, runtime: Runtime) -> None:
    first = await batch(runtime, claim("a"), claim("b"))
    assert await batch(runtime, claim("b"), claim("c"), claim("a")) == [first[1], b"effect 3", first[0]]
    assert await effects(world) == ["a", "b", "c"]


async def test_what_is_refused_now_and_was_done_before_answers_as_before(world: World, runtime: Runtime) -> None:
    (before,) = await batch(runtime, claim("a"))
    gone = not_found("COMPLAINT_NOT_FOUND", "It is there no more.")
    async with runtime.transaction() as tx:
        answers = await remember(tx, [claim("a"), claim("b"), claim("c")], [gone, gone, b"done"])
    assert answers == [before, gone, b"done"]


async def test_the_same_key_with_another_request_is_refused_and_the_others_are_done(
    world: World, runtime: Runtime
) -> None:
    await batch(runtime, claim("a"))
    assert reasons(await batch(runtime, claim("a", code="two"), claim("b"))) == ["IDEMPOTENCY_KEY_REUSED", None]
    assert await effects(world) == ["a", "b"]


async def test_another_callers_key_is_neither_found_nor_in_the_way(world: World, runtime: Runtime) -> None:
    (of_siti,) = await batch(runtime, claim("a"))
    async with runtime.transaction() as tx:
        assert await recall(tx, [claim("a", caller="budi", code="two")]) == [None]
    (of_budi,) = await batch(runtime, claim("a", caller="budi", code="two"))
    assert of_budi != of_siti
    assert await batch(runtime, claim("a")) == [of_siti]


async def test_another_kind_of_request_has_keys_of_its_own(world: World, runtime: Runtime) -> None:
    await batch(runtime, claim("a"))
    assert reasons(await batch(runtime, Claim("siti", "a", pb.ComplaintFiled(code="one"), KEY))) == [None]
    assert await effects(world) == ["a", "a"]


@pytest.mark.parametrize("key", ["", "x" * 129, "tab\there", "nul\0"])
async def test_a_key_that_cannot_be_kept_is_refused_alone(world: World, runtime: Runtime, key: str) -> None:
    assert reasons(await batch(runtime, claim(key), claim("a"))) == ["REQUEST_ID_REQUIRED", None]
    assert await effects(world) == ["a"]


async def test_the_same_request_twice_in_a_batch_is_new_twice_and_done_once(world: World, runtime: Runtime) -> None:
    async with runtime.transaction() as tx:
        assert await recall(tx, [claim("a"), claim("a")]) == [None, None]
    answers = await batch(runtime, claim("a"), claim("b"), claim("a"))
    assert answers[0] == answers[2] != answers[1]
    assert await effects(world) == ["a", "b"]


async def test_of_two_requests_with_one_key_in_a_batch_the_second_is_refused(world: World, runtime: Runtime) -> None:
    answers = await batch(runtime, claim("a"), claim("a", code="two"), claim("a"))
    assert reasons(answers) == [None, "IDEMPOTENCY_KEY_REUSED", None]
    assert await effects(world) == ["a"]


async def test_a_key_may_be_kept_once_in_a_batch(runtime: Runtime) -> None:
    with pytest.raises(ValueError, match="first_alike"):
        async with runtime.transaction() as tx:
            await tx.together(keep([claim("a"), claim("a")], [b"1", b"2"]))


async def test_an_empty_batch_is_no_statement(runtime: Runtime) -> None:
    assert await batch(runtime) == []


async def test_the_keys_of_a_batch_are_permanent(world: World, runtime: Runtime) -> None:
    first = await batch(runtime, claim("a"))
    await world.admin.execute("UPDATE environment.idempotency_key SET created_at = now() - interval '400 days'")
    await prune(runtime)
    assert await batch(runtime, claim("a")) == first


async def test_of_a_batch_what_was_done_before_an_erasure_is_refused_and_the_others_are_done(
    world: World, runtime: Runtime
) -> None:
    await batch(runtime, claim("a"))
    async with runtime.transaction() as tx:
        await let_go(tx, "siti")
    assert reasons(await batch(runtime, claim("a"), claim("b"))) == ["ANSWER_ERASED", None]
    assert await effects(world) == ["a", "b"]


async def test_a_batch_and_a_single_request_know_each_others_keys(world: World, runtime: Runtime) -> None:
    async def action() -> pb.ComplaintRated:
        return pb.ComplaintRated(code="single")

    async with runtime.transaction(Caller("siti", frozenset({"citizen"})), Scope.OWN) as tx:
        await once(tx, "a", pb.ComplaintAssigned(code="one"), action, pb.ComplaintRated, permanent=True)
    assert await batch(runtime, claim("a")) == [pb.ComplaintRated(code="single").SerializeToString()]
    async with runtime.transaction(Caller("siti", frozenset({"citizen"})), Scope.OWN) as tx:
        await tx.together(keep([claim("b")], [pb.ComplaintRated(code="batch").SerializeToString()]))
    async with runtime.transaction(Caller("siti", frozenset({"citizen"})), Scope.OWN) as tx:
        found = await once(tx, "b", pb.ComplaintAssigned(code="one"), action, pb.ComplaintRated, permanent=True)
    assert found.code == "batch"


async def test_of_two_connections_with_one_key_the_later_must_run_again(world: World, runtime: Runtime) -> None:
    other = await world.runtime("environment")
    recalled, committed = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        recalled.set()
        await committed.wait()

    late = asyncio.create_task(batch(runtime, claim("a"), claim("b"), before_keep=wait))
    async with asyncio.timeout(5):
        await recalled.wait()
        (winner,) = await batch(other, claim("a"))
        committed.set()
        with pytest.raises(ConcurrentKeyError):
            await late
    assert await effects(world) == ["a"]
    assert (await batch(runtime, claim("a"), claim("b")))[0] == winner
    assert await effects(world) == ["a", "b"]


async def test_two_processes_that_commit_the_same_requests_in_groups_do_each_once(world: World) -> None:
    groups: list[GroupCommit[Claim, Answer]] = [
        GroupCommit(await world.runtime("environment"), pay, most=8) for _ in range(2)
    ]
    for group in groups:
        group.start()
    claims = [claim(f"key-{number % 40:02}") for number in range(200)]
    asked = [group.submit(one) for one in claims for group in groups]
    answers = await asyncio.gather(*asked)
    for group in groups:
        await group.stop()
    assert sorted(await effects(world)) == sorted({one.request_id for one in claims})
    by_key: dict[str, set[Answer]] = {}
    for one, answer in zip([one for one in claims for _ in groups], answers, strict=True):
        by_key.setdefault(one.request_id, set()).add(answer)
    assert {len(found) for found in by_key.values()} == {1}


async def test_a_group_that_stays_in_the_way_of_others_is_told_so_after_a_few_attempts(runtime: Runtime) -> None:
    attempts: list[int] = []

    async def overtaken(tx: Transaction, items: Sequence[int]) -> Sequence[int]:
        attempts.append(len(items))
        raise ConcurrentKeyError

    group: GroupCommit[int, int] = GroupCommit(runtime, overtaken, flushers=1)
    group.start()
    answers = await asyncio.gather(*map(group.submit, range(4)), return_exceptions=True)
    await group.stop()
    assert [getattr(answer, "reason", answer) for answer in answers] == ["BUSY"] * 4
    assert attempts == [4] * ATTEMPTS, "the whole batch each time, never its halves"


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"))))
def test_the_first_alike_has_the_same_key_and_none_before_it(pairs: list[tuple[str, str]]) -> None:
    claims = [claim(key, caller=caller) for caller, key in pairs]
    keys = [one.key for one in claims]
    assert first_alike(claims) == [keys.index(key) for key in keys]
