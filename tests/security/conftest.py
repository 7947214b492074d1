"""Every pillar's real gRPC server, and calls with bytes instead of stubs, so that all RPCs can be walked alike."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import grpc
import grpc.aio
import pytest
from google.rpc import error_details_pb2, status_pb2

from deploy.pillars import pillars
from services.kit.caller import Caller, Minter
from tests.economy.conftest import economy, economy_database, economy_stand
from tests.environment.conftest import environment, environment_database, environment_stand
from tests.fixtures.pillars import Served, Standing, own_database, standing
from tests.governance.calls import records
from tests.governance.conftest import MONDAY, governance, governance_database, governance_stand

__all__ = [
    "economy",
    "economy_database",
    "economy_stand",
    "environment",
    "environment_database",
    "environment_stand",
    "governance",
    "governance_database",
    "governance_stand",
    "records",
]


class Door:
    """A pillar's server as it is seen from outside."""

    def __init__(self, pillar: str, channel: grpc.aio.Channel, minter: Minter) -> None:
        self.pillar = pillar
        self.channel = channel
        self.minter = minter

    async def knock(
        self,
        method: str,
        caller: Caller | None,
        request: bytes = b"",
        *,
        audience: str = "",
        timeout: float | None = 20.0,
    ) -> tuple[Any, str]:
        """Calls ``service/Rpc``; answers with the status and the reason (OK and nothing when it was served)."""
        metadata = grpc.aio.Metadata()
        if caller is not None:
            metadata.add("authorization", f"Bearer {self.minter.mint(caller, audience or self.pillar)}")
        call: Any = self.channel.unary_unary(f"/{method}")
        try:
            await call(request, metadata=metadata, timeout=timeout)
        except grpc.aio.AioRpcError as error:
            return error.code(), _reason(error)
        return grpc.StatusCode.OK, ""


def _reason(error: grpc.aio.AioRpcError) -> str:
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            assert isinstance(value, bytes)
            info = error_details_pb2.ErrorInfo()
            assert status_pb2.Status.FromString(value).details[0].Unpack(info)
            return str(info.reason)
    return ""


@pytest.fixture(scope="session")
async def stands(postgres: str) -> AsyncIterator[Callable[[str], Awaitable[Standing]]]:
    """The servers of pillars by name, each started when a test first asks for it."""
    started: dict[str, Standing] = {}
    async with AsyncExitStack() as stack:

        async def stand(name: str) -> Standing:
            if name not in started:
                pillar = pillars()[name]
                url = await own_database(postgres, pillar)
                started[name] = await stack.enter_async_context(standing(pillar, url))
            return started[name]

        yield stand


@pytest.fixture
async def served(request: pytest.FixtureRequest, stands: Callable[[str], Awaitable[Standing]]) -> AsyncIterator[Served]:
    """The pillar whose name is the parameter."""
    stand = await stands(request.param)
    async with stand.fresh(MONDAY) as at_work:
        yield at_work


@pytest.fixture
def door(served: Served) -> Door:
    """The pillar as it is seen from outside."""
    return Door(served.runtime.pillar, served.channel, served.minter)
