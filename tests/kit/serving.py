"""A real gRPC server with the kit's interceptor, and a service whose one method does what the test wants."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc
import grpc.aio
from google.rpc import error_details_pb2, status_pb2
from joserfc.jwk import OKPKey

from services.kit.caller import Access, Caller, Minter, Scope, Verifier
from services.kit.rpc.server import Guard, build_server
from smartcity.economy.v1 import overview_pb2, overview_pb2_grpc

SERVICE = overview_pb2.DESCRIPTOR.services_by_name["OverviewService"].full_name
CITIZEN = Caller("citizen-1", frozenset({"citizen"}))
ACCESS: Access = {"GetOverview": {"citizen": Scope.OWN, "officer": Scope.OWN_AGENCY}}

Behaviour = Callable[[], Awaitable[Any]]


class _Service(overview_pb2_grpc.OverviewServiceServicer):
    def __init__(self, behave: Behaviour) -> None:
        self._behave = behave

    async def GetOverview(self, request: Any, context: Any) -> overview_pb2.GetOverviewResponse:
        await self._behave()
        return overview_pb2.GetOverviewResponse()


@dataclass
class Client:
    """Calls the server."""

    channel: grpc.aio.Channel
    minter: Minter

    def start(self, caller: Caller | None = CITIZEN, timeout: float | None = 10.0, request: Any = None) -> Any:
        """Begins a call; without a caller it carries no assertion."""
        metadata = [("authorization", f"Bearer {self.minter.mint(caller, 'economy')}")] if caller else []
        stub = overview_pb2_grpc.OverviewServiceStub(self.channel)
        sent = overview_pb2.GetOverviewRequest() if request is None else request
        return stub.GetOverview(sent, timeout=timeout, metadata=grpc.aio.Metadata(*metadata))

    async def refusal(self, caller: Caller | None = CITIZEN, timeout: float | None = 10.0) -> "Refusal":
        """Makes a call that is refused."""
        try:
            await self.start(caller, timeout)
        except grpc.aio.AioRpcError as error:
            return Refusal.of(error)
        raise AssertionError("the call was answered")


@dataclass
class Refusal:
    """All that a client sees of an error."""

    code: Any
    message: str
    reason: str = ""
    domain: str = ""
    metadata: dict[str, str] | None = None

    @classmethod
    def of(cls, error: grpc.aio.AioRpcError) -> "Refusal":
        """Reads the Status and ErrorInfo beside the code."""
        made = cls(error.code(), error.details() or "")
        for key, value in error.trailing_metadata() or ():
            if key == "grpc-status-details-bin":
                assert isinstance(value, bytes)
                status, info = status_pb2.Status.FromString(value), error_details_pb2.ErrorInfo()
                assert (status.code, status.message) == (made.code.value[0], made.message)
                assert status.details[0].Unpack(info)
                made.reason, made.domain, made.metadata = info.reason, info.domain, dict(info.metadata)
        return made


@asynccontextmanager
async def serving(behave: Behaviour, access: Access = ACCESS) -> AsyncIterator[Client]:
    """Serves ``behave`` as ``OverviewService.GetOverview`` of economy."""
    key = OKPKey.generate_key("Ed25519", {"kid": "test"}, auto_kid=False)
    verifier = Verifier(json.dumps({"keys": [key.as_dict(private=False)]}), "economy")
    server, port = build_server(Guard("economy", verifier, {SERVICE: access}), [SERVICE], "127.0.0.1:0")
    overview_pb2_grpc.add_OverviewServiceServicer_to_server(_Service(behave), server)
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield Client(channel, Minter(json.dumps(key.as_dict(private=True))))
    await server.stop(None)
