"""Idempotent writes: one effect per caller and key, whatever happens to the process."""

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from services.kit.caller import ANONYMOUS, Caller, Scope
from services.kit.database.idempotency import let_go, once
from services.kit.database.maintenance import prune
from services.kit.errors import DomainError, precondition
from services.kit.runtime import Runtime
from smartcity.governance.v1 import events_pb2 as pb
from tests.kit.conftest import World, within

SITI, BUDI = (Caller(name, frozenset({"citizen"})) for name in ("siti", "budi"))
REQUEST = pb.ComplaintAssigned(code="SMG-0001-00", agency="dlh")
SECRET = "0f4c8e52-9a1b-4d37-8c60-b1d2e3f4a596"
Action = Callable[[], Awaitable[Any]]


@pytest.fixture
async def runtime(world: World) -> Runtime:
    return await world.runtime("environment")


async def do(
    runtime: Runtime,
    key: str = "key-1",
    request: Any = REQUEST,
    caller: Caller = SITI,
    during: Action | None = None,
    permanent: bool = False,
) -> pb.ComplaintRated:
    """One request: writes an effect and answers with how many there are."""
    async with runtime.transaction(caller, Scope.OWN) as tx:

        async def action() -> pb.ComplaintRated:
            await tx.execute("INSERT INTO effect (aggregate, version) VALUES ($1, 1)", caller.subject)
            if during is not None:
                await during()
            return pb.ComplaintRated(code=str(await tx.fetchval("SELECT count(*) FROM effect")))

        return await once(tx, key, request, action, pb.ComplaintRated, permanent=permanent)


async def effects(world: World) -> int:
    return int(await world.admin.fetchval("SELECT count(*) FROM environment.effect"))


async def refused(reason: str, asked: Awaitable[Any]) -> None:
    with pytest.raises(DomainError) as caught:
        await asked
    assert caught.value.reason == reason


async def test_the_same_request_again_answers_as_before(world: World, runtime: Runtime) -> None:
    first = await do(runtime)
    assert await do(runtime) == first == pb.ComplaintRated(code="1")
    assert await effects(world) == 1


async def test_the_same_key_with_another_request_is_refused(world: World, runtime: Runtime) -> None:
    await do(runtime)
    await refused("IDEMPOTENCY_KEY_REUSED", do(runtime, request=pb.ComplaintAssigned(code="SMG-0002-00")))
    assert await effects(world) == 1


async def test_the_same_key_of_another_caller_is_another_key(world: World, runtime: Runtime) -> None:
    await do(runtime)
    await do(runtime, caller=BUDI)
    assert await effects(world) == 2


async def test_the_same_key_for_another_kind_of_request_is_another_key(world: World, runtime: Runtime) -> None:
    await do(runtime)
    await do(runtime, request=pb.ComplaintFiled(code="SMG-0001-00"))
    assert await effects(world) == 2


@pytest.mark.parametrize("key", ["", "x" * 129, "tab\there", "nul\0"])
async def test_a_key_that_cannot_be_kept_is_refused(world: World, runtime: Runtime, key: str) -> None:
    await refused("REQUEST_ID_REQUIRED", do(runtime, key))
    assert await effects(world) == 0


async def test_while_the_first_runs_the_second_is_told_so_at_once(world: World, runtime: Runtime) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        begun.set()
        await go.wait()

    first = asyncio.create_task(do(runtime, during=wait))
    async with asyncio.timeout(5):
        await begun.wait()
        await refused("REQUEST_IN_FLIGHT", do(runtime))
        go.set()
        assert await first == await do(runtime)
    assert await effects(world) == 1


async def test_a_permanent_key_outlives_its_age_and_another_does_not(world: World, runtime: Runtime) -> None:
    await do(runtime, "kept", permanent=True)
    await do(runtime, "forgotten")
    await world.admin.execute("UPDATE environment.idempotency_key SET created_at = now() - interval '400 days'")
    await prune(runtime)
    assert await do(runtime, "kept") == pb.ComplaintRated(code="1")
    assert await do(runtime, "forgotten") == pb.ComplaintRated(code="3")


async def test_a_permanent_key_of_who_has_their_data_erased_goes_like_any_other(world: World, runtime: Runtime) -> None:
    for caller in (SITI, BUDI, ANONYMOUS):
        await do(runtime, SECRET, caller=caller, permanent=True)
    await world.admin.execute("UPDATE environment.idempotency_key SET created_at = now() - interval '400 days'")
    async with runtime.transaction() as tx:
        for caller in (SITI, ANONYMOUS):
            await let_go(tx, caller.subject)
    await prune(runtime)
    await refused("ANSWER_ERASED", do(runtime, SECRET))
    assert await effects(world) == 3, "what is repeated meanwhile is done once"
    await world.admin.execute("UPDATE environment.idempotency_key SET created_at = now() - interval '8 days'")
    await prune(runtime)
    left = await world.admin.fetch("SELECT caller FROM environment.idempotency_key ORDER BY caller")
    assert [row["caller"] for row in left] == ["anonymous", "budi"]


async def test_what_was_answered_before_an_erasure_is_answered_no_more_and_not_done_again(
    world: World, runtime: Runtime
) -> None:
    for caller in (SITI, BUDI):
        await do(runtime, caller=caller)
    await do(runtime, "of another kind", pb.ComplaintFiled(code="SMG-0001-00"))
    async with runtime.transaction() as tx:
        await let_go(tx, SITI.subject, [pb.ComplaintFiled.DESCRIPTOR.full_name])
    await refused("ANSWER_ERASED", do(runtime))
    await refused("IDEMPOTENCY_KEY_REUSED", do(runtime, request=pb.ComplaintAssigned(code="SMG-0002-00")))
    assert await do(runtime, caller=BUDI) == pb.ComplaintRated(code="2"), "of another caller"
    again = await do(runtime, "of another kind", pb.ComplaintFiled(code="SMG-0001-00"))
    assert again == pb.ComplaintRated(code="3"), "of a kind that may be repeated"
    assert await effects(world) == 3


async def test_an_empty_answer_is_no_erased_one(runtime: Runtime) -> None:
    async def nothing() -> pb.ComplaintRated:
        return pb.ComplaintRated()

    for _ in range(2):
        async with runtime.transaction(SITI, Scope.OWN) as tx:
            assert await once(tx, "key-1", REQUEST, nothing, pb.ComplaintRated) == pb.ComplaintRated()


async def test_of_many_at_once_one_is_done(world: World, runtime: Runtime) -> None:
    other = await world.runtime("environment")
    asked = [do(runtime if number % 2 else other) for number in range(30)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    done = [answer for answer in answers if isinstance(answer, pb.ComplaintRated)]
    rest = {getattr(answer, "reason", answer) for answer in answers if not isinstance(answer, pb.ComplaintRated)}
    assert {answer.code for answer in done} == {"1"}
    assert rest <= {"REQUEST_IN_FLIGHT"}
    assert await effects(world) == 1


async def test_a_refusal_keeps_no_key(world: World, runtime: Runtime) -> None:
    async def refuse() -> None:
        raise precondition("TOO_EARLY", "Not yet.")

    await refused("TOO_EARLY", do(runtime, during=refuse))
    assert await effects(world) == 0
    await do(runtime)
    assert await effects(world) == 1


async def test_a_cancelled_request_keeps_no_key(world: World, runtime: Runtime) -> None:
    begun = asyncio.Event()

    async def hang() -> None:
        begun.set()
        await asyncio.Event().wait()

    first = asyncio.create_task(do(runtime, during=hang))
    async with asyncio.timeout(5):
        await begun.wait()
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert await do(runtime) == pb.ComplaintRated(code="1")


HANGING = """
import asyncio, sys
from tests.kit.database import test_idempotency as here
from services.kit.database.pool import connect_pool
from services.kit.runtime import Runtime

async def hang():
    print("begun", flush=True)
    await asyncio.Event().wait()

async def main():
    pool = await connect_pool(sys.argv[1], "environment", 2)
    await here.do(Runtime("environment", None, pool, None), during=hang)

asyncio.run(main())
"""


async def test_a_killed_process_frees_the_key(world: World, runtime: Runtime) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HANGING, world.postgres, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"begun\n"
        await refused("REQUEST_IN_FLIGHT", do(runtime))
    finally:
        process.kill()
        await process.wait()

    async def free() -> bool:
        with contextlib.suppress(DomainError):
            return bool(await do(runtime))
        return False

    await within(free, 10)
    assert await effects(world) == 1


async def test_the_keys_transaction_is_the_writes_own(world: World, runtime: Runtime) -> None:
    async def die() -> None:
        raise asyncpg.ConnectionDoesNotExistError("the database went away before the commit")

    with pytest.raises(asyncpg.ConnectionDoesNotExistError):
        await do(runtime, during=die)
    assert await world.admin.fetchval("SELECT count(*) FROM environment.idempotency_key") == 0
