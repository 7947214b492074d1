"""How a pillar runs its RPCs by the contract, at the example of clean-ups."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import grpc.aio
import pytest

from services.environment.pillar import PILLAR
from services.kit.caller import Caller
from smartcity.environment.v1 import cleanups_pb2 as pb
from smartcity.environment.v1.cleanups_pb2_grpc import CleanupServiceStub
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
