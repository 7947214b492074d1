"""How a pillar runs its RPCs by the contract, at the example of clean-ups."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import grpc.aio
import pytest

from deploy.pillars import pillars
from services.environment.cleanups import api
from services.environment.pillar import PILLAR
from services.kit.caller import Caller
from services.kit.database import Transaction
from services.kit.rpc import rpc
from services.kit.rpc.contract import access
from services.kit.rpc.serving import served
from smartcity.contracts import SERVICES
from smartcity.environment.v1 import cleanups_pb2 as pb
from smartcity.environment.v1.cleanups_pb2_grpc import CleanupServiceStub
from smartcity.types.v1 import place_pb2
from tests.fixtures.pillars import Served, own_database, serving
from tests.kit.serving import Refusal

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
CREW = Caller("crew-1", frozenset({"officer"}), "dlh")
CITIZEN = Caller("citizen-1", frozenset({"citizen"}))


@pytest.fixture(scope="module")
async def database(postgres: str) -> str:
    return await own_database(postgres, PILLAR)


@pytest.fixture
async def environment(database: str) -> AsyncIterator[Served]:
    async with serving(PILLAR, database, NOW) as served:
        yield served


async def refusal(served: Served, rpc: str, request: Any, caller: Caller = CREW) -> Refusal:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await served.call(CleanupServiceStub, rpc, request, caller)
    return Refusal.of(caught.value)


async def test_a_rule_is_refused_with_the_contracts_reason_and_the_path_of_the_field(environment: Served) -> None:
    request = pb.DispatchCleanupRequest(request_id="k", id="x", etag="1", crew=" \u200b ")
    found = await refusal(environment, "DispatchCleanup", request)
    assert (found.reason, found.message) == ("CREW_REQUIRED", "crew is empty; give 1 to 100 characters.")
    assert found.metadata == {"field": "crew"}


async def test_a_number_that_is_no_value_of_its_enum_is_refused(environment: Served) -> None:
    found = await refusal(environment, "ListCleanups", pb.ListCleanupsRequest(states=[1, 9]))  # type: ignore[list-item]
    assert (found.reason, found.metadata) == ("STATE_UNKNOWN", {"field": "state.1"})


async def test_a_write_without_a_key_is_refused(environment: Served) -> None:
    found = await refusal(environment, "DispatchCleanup", pb.DispatchCleanupRequest(id="x", etag="1", crew="Tim 1"))
    assert found.reason == "REQUEST_ID_REQUIRED"


async def test_a_role_that_the_contract_does_not_name_is_refused(environment: Served) -> None:
    found = await refusal(environment, "ListCleanups", pb.ListCleanupsRequest(), CITIZEN)
    assert (found.code, found.reason) == (grpc.StatusCode.PERMISSION_DENIED, "ROLE_NOT_ALLOWED")


async def test_what_nobody_knows_is_not_found(environment: Served) -> None:
    found = await refusal(environment, "GetCleanup", pb.GetCleanupRequest(id="SMG-0000-00"))
    assert found.reason == "CLEANUP_NOT_FOUND"


async def test_a_list_reads_page_by_page(environment: Served) -> None:
    answer = await environment.call(CleanupServiceStub, "ListCleanups", pb.ListCleanupsRequest(page_size=1), CREW)
    assert answer == pb.ListCleanupsResponse()


def a_room(**functions: Any) -> ModuleType:
    """A module that holds these functions and those of clean-ups that are not among them by name."""
    room = ModuleType("room")
    vars(room).update({**vars(api), **functions})
    return room


def test_every_rpc_of_the_contracts_is_served_by_one_pillar() -> None:
    found = [service for pillar in pillars().values() for service in pillar.served()]
    assert sorted(found, key=lambda one: one.full_name) == sorted(SERVICES, key=lambda one: one.full_name)


def test_every_rpc_of_the_contracts_names_a_role_that_may_call_it() -> None:
    tables = access(SERVICES)
    assert [(service, name) for service, table in tables.items() for name, roles in table.items() if not roles] == []


def test_an_rpc_that_no_function_serves_is_an_error_at_start() -> None:
    with pytest.raises(ValueError, match=r"CleanupService: not served: \['AbandonCleanup'\]; served twice: \[\]"):
        served([a_room(abandon=None)])


def test_an_rpc_that_two_functions_serve_is_an_error_at_start() -> None:
    @rpc
    async def again(tx: Transaction, request: pb.GetCleanupRequest) -> pb.GetCleanupResponse:
        return pb.GetCleanupResponse()

    with pytest.raises(ValueError, match=r"CleanupService: not served: \[\]; served twice: \['GetCleanup'\]"):
        served([a_room(again=again)])


def test_a_function_whose_request_no_rpc_takes_is_an_error_at_start() -> None:
    @rpc
    async def stray(tx: Transaction, request: place_pb2.Point) -> pb.GetCleanupResponse:
        return pb.GetCleanupResponse()

    with pytest.raises(ValueError, match=r"no RPC of smartcity/types/v1/place\.proto takes Point"):
        served([a_room(stray=stray)])


def test_a_function_that_does_not_say_what_it_is_asked_is_refused_where_it_stands() -> None:
    async def untold(tx: Transaction, request: Any) -> pb.GetCleanupResponse:
        return pb.GetCleanupResponse()

    with pytest.raises(TypeError, match=r"untold takes \(tx or call, request\)"):
        rpc(untold)


def test_the_functions_of_a_service_may_lie_in_several_rooms() -> None:
    half, rest = ModuleType("half"), a_room(read=None, page=None)
    vars(half).update(read=api.read, page=api.page)
    (ours,) = served([half, rest]).values()
    assert sorted(one.rpc.method.name for one in ours) == sorted(
        method.name for method in ours[0].rpc.method.containing_service.methods
    )
