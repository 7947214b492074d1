"""A governance pillar at work in this process: real gRPC in, real PostgreSQL below, a clock that the test moves."""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import grpc
import grpc.aio
import pytest
from google.rpc import error_details_pb2, status_pb2

from services.governance.pillar import PILLAR
from services.kit.caller import ANONYMOUS, Caller, Minter
from services.kit.runtime import Runtime
from smartcity.governance.v1 import (
    complaints_pb2_grpc,
    contacts_pb2_grpc,
    mail_pb2_grpc,
    overview_pb2_grpc,
    own_records_pb2_grpc,
    photos_pb2_grpc,
    receipts_pb2_grpc,
    redactions_pb2_grpc,
    routing_pb2_grpc,
)
from tests.fixtures.pillars import Served, Standing, own_database, standing

DEADLINE_S = 20.0
MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
"""A working Monday, 09:00 in Semarang; the next holidays are weeks away."""
CITIZEN = Caller("citizen-1", frozenset({"citizen"}))
VERIFIER = Caller("verifier-1", frozenset({"verifier"}))
ADMIN = Caller("admin-1", frozenset({"admin"}))


def officer(agency: str) -> Caller:
    """An officer of an agency."""
    return Caller(f"officer-{agency}", frozenset({"officer"}), agency)


def request_id() -> str:
    """A new idempotency key."""
    return str(uuid4())


def letters() -> str:
    """Letters that no name had before; so many digits in a row may be taken for somebody's telephone number."""
    return request_id()[-12:].translate(str.maketrans("0123456789", "ghijklmnop"))


class RefusedError(Exception):
    """An RPC answered with an error: its code, reason, message and metadata."""

    def __init__(self, error: grpc.aio.AioRpcError) -> None:
        super().__init__(error.details())
        self.code = error.code()
        self.message = error.details() or ""
        self.reason, self.metadata = "", dict[str, str]()
        for key, value in error.trailing_metadata() or ():
            if key == "grpc-status-details-bin":
                assert isinstance(value, bytes)
                info = error_details_pb2.ErrorInfo()
                assert status_pb2.Status.FromString(value).details[0].Unpack(info)
                self.reason, self.metadata = info.reason, dict(info.metadata)

    @property
    def answer(self) -> tuple[Any, str, str, dict[str, str]]:
        """All that a client can see of it."""
        return self.code, self.reason, self.message, self.metadata


@contextlib.contextmanager
def refused(reason: str) -> Any:
    """Expects that the block is refused for a reason."""
    with pytest.raises(RefusedError) as caught:
        yield caught
    assert caught.value.reason == reason, caught.value.answer


@dataclass
class Governance:
    """The running pillar. `call` calls any of its RPCs as somebody; `now` is its time."""

    runtime: Runtime
    minter: Minter
    channel: grpc.aio.Channel
    admin: "asyncpg.Connection[Any]"
    served: Served
    now: datetime = MONDAY
    _stubs: dict[str, Any] = field(default_factory=dict)

    def pass_time(self, **amount: float) -> None:
        """Moves the pillar's clock on."""
        self.now += timedelta(**amount)

    async def call(self, rpc: str, request: Any, caller: Caller = ANONYMOUS) -> Any:
        """Calls `Service.Rpc` over gRPC. Raises RefusedError."""
        service, _, name = rpc.rpartition(".")
        metadata = (("authorization", f"Bearer {self.minter.mint(caller, 'governance')}"),)
        try:
            return await getattr(self._stub(service), name)(request, metadata=metadata, timeout=DEADLINE_S)
        except grpc.aio.AioRpcError as error:
            raise RefusedError(error) from error

    async def events(self, correlation: str) -> list[Any]:
        """What was emitted for a case, oldest first, as rows of the outbox."""
        sql = "SELECT * FROM outbox WHERE correlation = $1 ORDER BY position"
        return list(await self.runtime.pool.fetch(sql, correlation))

    def _stub(self, service: str) -> Any:
        if service not in self._stubs:
            self._stubs[service] = _STUBS[service](self.channel)
        return self._stubs[service]


_STUBS: dict[str, Callable[[Any], Any]] = {
    "ComplaintService": complaints_pb2_grpc.ComplaintServiceStub,
    "ContactService": contacts_pb2_grpc.ContactServiceStub,
    "MailService": mail_pb2_grpc.MailServiceStub,
    "OwnRecordService": own_records_pb2_grpc.OwnRecordServiceStub,
    "OverviewService": overview_pb2_grpc.OverviewServiceStub,
    "PhotoService": photos_pb2_grpc.PhotoServiceStub,
    "ReceiptService": receipts_pb2_grpc.ReceiptServiceStub,
    "RedactionService": redactions_pb2_grpc.RedactionServiceStub,
    "RoutingService": routing_pb2_grpc.RoutingServiceStub,
}


@pytest.fixture(scope="session")
async def governance_database(postgres: str) -> str:
    """URL of a database of its own with governance's schema, so that no other part's tests can drop it."""
    return await own_database(postgres, PILLAR)


@pytest.fixture(scope="session")
async def governance_stand(governance_database: str) -> AsyncIterator[Standing]:
    """The pillar's server."""
    async with standing(PILLAR, governance_database) as stand:
        yield stand


@pytest.fixture
async def governance(governance_stand: Standing) -> AsyncIterator[Governance]:
    """The pillar, serving, with empty tables and no timer: a test runs what is due itself."""
    async with governance_stand.fresh(MONDAY) as served:
        made = Governance(served.runtime, served.minter, served.channel, served.admin, served)
        served.runtime.clock = lambda: made.now
        yield made
