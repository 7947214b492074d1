"""The one interceptor, through a real server and a real channel."""

import asyncio
from typing import Any

import asyncpg
import grpc
import pytest
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from services.kit.caller import ANONYMOUS, Caller, Scope
from services.kit.errors import DomainError, Kind
from services.kit.rpc.server import MOST_BYTES, Admitted, admitted
from smartcity.reasons import REASONS
from tests.kit.serving import CITIZEN, SERVICE, serving

CODES = {
    Kind.INVALID: grpc.StatusCode.INVALID_ARGUMENT,
    Kind.UNAUTHENTICATED: grpc.StatusCode.UNAUTHENTICATED,
    Kind.FORBIDDEN: grpc.StatusCode.PERMISSION_DENIED,
    Kind.NOT_FOUND: grpc.StatusCode.NOT_FOUND,
    Kind.CONFLICT: grpc.StatusCode.ALREADY_EXISTS,
    Kind.STALE: grpc.StatusCode.ABORTED,
    Kind.IN_FLIGHT: grpc.StatusCode.ABORTED,
    Kind.EXHAUSTED: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Kind.PRECONDITION: grpc.StatusCode.FAILED_PRECONDITION,
    Kind.UNAVAILABLE: grpc.StatusCode.UNAVAILABLE,
    Kind.KEY_REUSED: grpc.StatusCode.INVALID_ARGUMENT,
}


def raises(error: BaseException) -> Any:
    async def behave() -> None:
        raise error

    return behave


async def nothing() -> None:
    """Answers at once."""


async def test_a_method_finds_its_caller_and_scope() -> None:
    found: list[Admitted] = []

    async def behave() -> None:
        found.append(admitted())

    officer = Caller("officer-1", frozenset({"officer"}), "dlh")
    async with serving(behave) as client:
        await client.start()
        await client.start(officer)
    assert found == [Admitted(CITIZEN, Scope.OWN), Admitted(officer, Scope.OWN_AGENCY)]


async def test_a_call_without_a_deadline_is_refused() -> None:
    async with serving(nothing) as client:
        refusal = await client.refusal(timeout=None)
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "DEADLINE_REQUIRED")


async def test_a_call_without_an_assertion_is_refused() -> None:
    async with serving(nothing) as client:
        refusal = await client.refusal(None)
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.UNAUTHENTICATED, "ASSERTION_MISSING")


async def test_a_role_without_an_entry_is_refused() -> None:
    async with serving(nothing) as client:
        refusal = await client.refusal(Caller("admin-1", frozenset({"admin"})))
        anonymous = await client.refusal(ANONYMOUS)
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.PERMISSION_DENIED, "ROLE_NOT_ALLOWED")
    assert (anonymous.code, anonymous.reason) == (grpc.StatusCode.UNAUTHENTICATED, "LOGIN_REQUIRED")


def test_every_kind_of_error_has_a_code_here() -> None:
    assert set(CODES) == set(Kind)


@pytest.mark.parametrize("kind", Kind)
async def test_a_domain_error_becomes_a_status_with_its_reason(kind: Kind) -> None:
    error = DomainError(kind, "NO_SUCH_CREW", "There is no crew C-9. Choose one of /v1/crews.", field="crew")
    async with serving(raises(error)) as client:
        refusal = await client.refusal()
    assert refusal.code is CODES[kind]
    assert (refusal.reason, refusal.domain, refusal.metadata) == (
        "NO_SUCH_CREW",
        "economy.smartcity",
        {"field": "crew"},
    )
    assert refusal.message == error.message


async def test_what_somebody_sent_is_cut_off_in_a_refusal_before_it_is_too_large_to_arrive() -> None:
    error = DomainError(Kind.INVALID, "ENTITY_UNKNOWN", "𝕊" * 2_000, named="𝕊" * 2_000)
    async with serving(raises(error)) as client:
        refusal = await client.refusal()
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "ENTITY_UNKNOWN")
    assert (refusal.message, refusal.metadata) == ("𝕊" * 200 + "…", {"named": "𝕊" * 200 + "…"})


async def test_an_unknown_exception_is_internal_and_leaks_nothing() -> None:
    async with serving(raises(RuntimeError("SELECT secret FROM contact WHERE name = 'Siti'"))) as client:
        refusal = await client.refusal()
    assert (refusal.code, refusal.reason, refusal.metadata) == (grpc.StatusCode.INTERNAL, "INTERNAL", {})
    assert "Siti" not in repr(refusal)
    assert "SELECT" not in repr(refusal)


@pytest.mark.parametrize(
    "error",
    [ConnectionResetError("gone"), asyncpg.CannotConnectNowError("starting"), asyncpg.InterfaceError("pool is closed")],
)
async def test_a_dependency_that_is_away_is_unavailable(error: Exception) -> None:
    async with serving(raises(error)) as client:
        refusal = await client.refusal()
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.UNAVAILABLE, "DEPENDENCY_AWAY")


async def test_what_takes_longer_than_its_deadline_is_cancelled() -> None:
    ended = asyncio.Event()

    async def behave() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with serving(behave) as client:
        refusal = await client.refusal(timeout=0.2)
        async with asyncio.timeout(5):
            await ended.wait()
    assert refusal.code is grpc.StatusCode.DEADLINE_EXCEEDED


def test_what_takes_too_long_has_one_reason_at_the_edge_and_behind_it() -> None:
    assert [name for name in REASONS if name.startswith("DEADLINE")] == ["DEADLINE_EXCEEDED", "DEADLINE_REQUIRED"]


async def test_a_cancelled_call_cancels_its_method_and_the_server_goes_on() -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()
    answers = iter([False, True])

    async def behave() -> None:
        if next(answers):
            return
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    async with serving(behave) as client:
        call = client.start()
        async with asyncio.timeout(5):
            await begun.wait()
            call.cancel()
            await cancelled.wait()
        await client.start()


async def test_an_unknown_method_of_a_guarded_service_is_unimplemented() -> None:
    async with serving(nothing) as client:
        unknown: Any = client.channel.unary_unary(f"/{SERVICE}/DropEverything")
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await unknown(b"", timeout=5)
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_a_request_that_is_too_large_is_refused() -> None:
    async with serving(nothing) as client:
        call: Any = client.channel.unary_unary(f"/{SERVICE}/GetOverview")
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call(b"x" * (MOST_BYTES + 1), timeout=5)
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_bytes_that_are_no_request_are_refused_and_the_server_goes_on() -> None:
    async with serving(nothing) as client:
        call: Any = client.channel.unary_unary(f"/{SERVICE}/GetOverview")
        with pytest.raises(grpc.aio.AioRpcError):
            await call(b"\xff\xff\xff", timeout=5)
        await client.start()


async def test_reflection_names_the_services() -> None:
    async with serving(nothing) as client:
        stub = reflection_pb2_grpc.ServerReflectionStub(client.channel)
        call = stub.ServerReflectionInfo(iter([reflection_pb2.ServerReflectionRequest(list_services="")]), timeout=5)
        answer = await call.read()
        call.cancel()
    assert SERVICE in {service.name for service in answer.list_services_response.service}
