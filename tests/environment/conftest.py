"""The environment pillar at work in this process: real gRPC in, real PostgreSQL below, governance's news by hand."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import grpc.aio
import pytest
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from services.environment.pillar import PILLAR
from services.kit.caller import Caller
from services.kit.events import Event
from services.kit.ids import uuid7
from smartcity.environment.v1 import cleanups_pb2 as pb
from smartcity.environment.v1 import cleanups_pb2_grpc, overview_pb2, overview_pb2_grpc
from smartcity.governance.v1 import complaints_pb2
from smartcity.governance.v1 import events_pb2 as governance_events
from smartcity.types.v1 import place_pb2
from tests.fixtures.pillars import Served, Standing, own_database, standing
from tests.governance.conftest import (
    ADMIN,
    CITIZEN,
    MONDAY,
    RefusedError,
    governance,
    governance_database,
    governance_stand,
    officer,
    request_id,
)

if TYPE_CHECKING:
    from tests.environment.sensing import Sensing

DLH = officer("dlh")
DPU = officer("dpu")
SEKAYU = place_pb2.Area(code="33.74.01.1007", name="Sekayu", district="Semarang Tengah")
KAUMAN = place_pb2.Area(code="33.74.01.1010", name="Kauman", district="Semarang Tengah")
POINT = place_pb2.Point(lon=110.4137, lat=-6.9805)
DUE = MONDAY + timedelta(days=14)
NOTE = "Sampah sudah diangkut."


@dataclass
class Complaint:
    """A complaint as environment hears of it."""

    environment: "Environment"
    code: str
    id: str
    exercise: bool = False
    version: int = 0

    async def assigned(self, **fields: Any) -> None:
        """Governance gives it to an agency, the waste agency unless told otherwise."""
        fields.setdefault("location", POINT)
        await self._tell(governance_events.ComplaintAssigned(code=self.code, **self._about(fields)))

    async def reopened(self, **fields: Any) -> None:
        """The reporter is not content."""
        await self._tell(governance_events.ComplaintReopened(code=self.code, **self._about(fields)))

    async def becomes(self, state: str, agency: str = "dlh", due: datetime | None = None) -> None:
        """Governance moves it to another state."""
        after = complaints_pb2.ComplaintState.Value(f"COMPLAINT_STATE_{state.upper()}")
        message = governance_events.ComplaintStatusChanged(code=self.code, after=after, agency=agency)
        if due is not None:
            message.due.FromDatetime(due)
        await self._tell(message)

    async def redacted(self, **taken_out: Any) -> None:
        """Governance took words, photos or notes of it out for good."""
        await self._tell(governance_events.ComplaintRedacted(code=self.code, **taken_out))

    async def job(self, caller: Caller = ADMIN) -> pb.Cleanup:
        """Its newest job."""
        found = await self.environment.call("CleanupService.GetCleanup", pb.GetCleanupRequest(id=self.code), caller)
        cleanup: pb.Cleanup = found.cleanup
        return cleanup

    def _about(self, fields: dict[str, Any]) -> dict[str, Any]:
        due: datetime | None = fields.pop("due", DUE)
        if due is not None:
            fields["due"] = Timestamp()
            fields["due"].FromDatetime(due)
        return {"category": "sampah-menumpuk", "area": SEKAYU, "agency": "dlh", **fields}

    async def _tell(self, message: Message) -> None:
        self.version += 1
        await self.environment.happens(message, self)


@dataclass
class Environment:
    """The running pillar."""

    served: Served
    filed: int = 0

    @property
    def now(self) -> datetime:
        """The pillar's time."""
        return self.served.now

    async def call(self, rpc: str, request: Any, caller: Caller = DLH) -> Any:
        """Calls `Service.Rpc` over gRPC. Raises RefusedError."""
        service, _, name = rpc.partition(".")
        try:
            return await self.served.call(_STUBS[service], name, request, caller)
        except grpc.aio.AioRpcError as error:
            raise RefusedError(error) from error

    def complaint(self, *, exercise: bool = False) -> Complaint:
        """A complaint that environment has not heard of yet."""
        self.filed += 1
        return Complaint(self, f"SMG-{self.filed:04}-00", str(uuid7()), exercise)

    async def assigned(self, *, exercise: bool = False, **fields: Any) -> Complaint:
        """A complaint that has a job."""
        made = self.complaint(exercise=exercise)
        await made.assigned(**fields)
        return made

    async def happens(self, message: Message, about: Complaint) -> None:
        """Runs the pillar's own reactions to an event, as the consumer does."""
        reactions = [one for one in PILLAR.reactions if isinstance(message, one.event)]
        assert reactions, f"the pillar does not hear {message.DESCRIPTOR.full_name}"
        event: Event[Any] = Event(
            id=uuid7(),
            type=message.DESCRIPTOR.full_name,
            source="/smartcity/semarang/governance",
            time=self.now,
            aggregate=about.id,
            version=about.version,
            correlation=f"story of {about.code}",
            causation=None,
            exercise=about.exercise,
            traceparent=None,
            message=message,
        )
        async with self.served.runtime.transaction() as tx:
            for reaction in reactions:
                await reaction.handle(tx, event)

    async def move(self, verb: str, job: pb.Cleanup, caller: Caller = DLH, **fields: Any) -> pb.Cleanup:
        """Dispatch, Complete or Abandon with the etag of the job, and good particulars unless others are given."""
        fields = {"request_id": request_id(), "id": job.id, "etag": job.etag, **_GOOD[verb](), **fields}
        request = getattr(pb, f"{verb}CleanupRequest")(**fields)
        answer = await self.call(f"CleanupService.{verb}Cleanup", request, caller)
        cleanup: pb.Cleanup = answer.cleanup
        return cleanup

    async def page(self, caller: Caller = ADMIN, **fields: Any) -> pb.ListCleanupsResponse:
        """One page of the list."""
        request = pb.ListCleanupsRequest(**fields)
        answer: pb.ListCleanupsResponse = await self.call("CleanupService.ListCleanups", request, caller)
        return answer

    async def overview(self, caller: Caller = CITIZEN) -> overview_pb2.GetOverviewResponse:
        """The section of the city home."""
        request = overview_pb2.GetOverviewRequest()
        answer: overview_pb2.GetOverviewResponse = await self.call("OverviewService.GetOverview", request, caller)
        return answer

    async def emitted(self) -> list[str]:
        """Names of the events so far, without their package."""
        return [row["type"].rpartition(".")[2] for row in await self.served.outbox()]


def state(job: pb.Cleanup) -> str:
    """The state's name in lower case."""
    return pb.CleanupState.Name(job.state).removeprefix("CLEANUP_STATE_").lower()


_STUBS = {
    "CleanupService": cleanups_pb2_grpc.CleanupServiceStub,
    "OverviewService": overview_pb2_grpc.OverviewServiceStub,
}
_GOOD: dict[str, Any] = {
    "Dispatch": lambda: {"crew": "Semarang Tengah 1"},
    "Complete": lambda: {"note": NOTE, "photos": [str(uuid4())]},
    "Abandon": lambda: {"reason": "Tidak ada apa-apa di sana."},
}


@pytest.fixture(scope="session")
async def environment_database(postgres: str) -> str:
    """URL of a database with environment's schema."""
    return await own_database(postgres, PILLAR)


@pytest.fixture(scope="session")
async def environment_stand(environment_database: str) -> AsyncIterator[Standing]:
    """The pillar's server."""
    async with standing(PILLAR, environment_database) as stand:
        yield stand


@pytest.fixture
async def environment(environment_stand: Standing) -> AsyncIterator[Environment]:
    """The pillar, serving, with empty tables."""
    async with environment_stand.fresh(MONDAY) as served:
        yield Environment(served)


@pytest.fixture
async def sensing(environment_stand: Standing) -> AsyncIterator["Sensing"]:
    """The pillar, serving, as agencies that measure use it."""
    from tests.environment.sensing import Sensing

    async with environment_stand.fresh(MONDAY) as served:
        yield Sensing(served)


__all__ = ["governance", "governance_database", "governance_stand"]
