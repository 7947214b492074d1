"""Society at work in this process, for the tests of several rooms: officers who run processes, and residents."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import grpc.aio
from google.protobuf.timestamp_pb2 import Timestamp

from services.kit.caller import ANONYMOUS, Caller
from services.society.processes import timers
from smartcity.society.v1 import processes_pb2 as pb
from smartcity.society.v1 import proposals_pb2
from smartcity.types.v1.origin_pb2 import Origin
from tests.fixtures.pillars import Served
from tests.governance.conftest import RefusedError, officer, request_id

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""A working Tuesday, 09:00 in Semarang."""
SITI, BUDI = (Caller(f"citizen-{name}", frozenset({"citizen"})) for name in ("siti", "budi"))
BAPPEDA, DLH, SELATAN = officer("bappeda"), officer("dlh"), officer("kec-semarang-selatan")
PLEBURAN, SELATAN_AREA, CITY = "33.74.07.1005", "33.74.07", "33.74"
REASON = "Semua warga sudah diberi tahu."
SUMMARY = "Usulkan apa yang sebaiknya dibangun di bantaran kali."


def at(**later: float) -> Timestamp:
    """An instant so much later than the beginning."""
    stamp = Timestamp()
    stamp.FromDatetime(NOW + timedelta(**later))
    return stamp


@dataclass
class Society:
    """The running pillar."""

    served: Served

    async def call(self, request: Any, caller: Caller = ANONYMOUS) -> Any:
        """Calls the RPC of a request. Raises RefusedError."""
        rpc, file = type(request).__name__.removesuffix("Request"), request.DESCRIPTOR.file
        if "request_id" in request.DESCRIPTOR.fields_by_name and not request.request_id:
            request.request_id = request_id()
        module = file.name.removesuffix(".proto").replace("/", ".")
        service = next(one for one in file.services_by_name.values() if rpc in one.methods_by_name)
        stub = getattr(import_module(f"{module}_pb2_grpc"), f"{service.name}Stub")
        try:
            return await self.served.call(stub, rpc, request, caller)
        except grpc.aio.AioRpcError as error:
            raise RefusedError(error) from error

    async def draft(self, kind: str = "konsultasi", caller: Caller = BAPPEDA, **fields: Any) -> pb.Process:
        """The draft of a process."""
        good = {"area": CITY, "title": "Taman di bantaran Kali Semarang", "summary": SUMMARY}
        request = pb.CreateProcessRequest(kind=kind, **{**good, **fields})
        made: pb.Process = (await self.call(request, caller)).process
        return made

    async def process(self, kind: str = "konsultasi", caller: Caller = BAPPEDA, **fields: Any) -> pb.Process:
        """A process that takes proposals."""
        made = await self.draft(kind, caller, **fields)
        return await self.move(made, pb.PROCESS_PHASE_COLLECT, caller)

    async def move(self, process: pb.Process, to: Any, caller: Caller = BAPPEDA) -> pb.Process:
        """Moves one by hand."""
        request = pb.MoveProcessRequest(id=process.id, etag=process.etag, phase=to, reason=REASON)
        done: pb.Process = (await self.call(request, caller)).process
        return done

    async def read(self, id_: str, caller: Caller = ANONYMOUS) -> pb.Process:
        """A process."""
        found: pb.Process = (await self.call(pb.GetProcessRequest(id=id_), caller)).process
        return found

    async def propose(self, process: str = "", caller: Caller = SITI, **fields: Any) -> proposals_pb2.Proposal:
        """A proposal that waits, in a process of the planning agency where none is named."""
        good = {"title": "Lampu jalan di gang", "words": "Gang gelap sejak tiang tumbang bulan lalu."}
        process = process or (await self.process()).id
        request = proposals_pb2.CreateProposalRequest(process=process, **{**good, **fields})
        made: proposals_pb2.Proposal = (await self.call(request, caller)).proposal
        return made

    async def review(self, one: proposals_pb2.Proposal, to: Any, caller: Caller = BAPPEDA) -> proposals_pb2.Proposal:
        """An officer's answer."""
        request = proposals_pb2.ReviewProposalRequest(code=one.code, etag=one.etag, state=to, note=REASON)
        done: proposals_pb2.Proposal = (await self.call(request, caller)).proposal
        return done

    async def published(self, process: str = "", caller: Caller = SITI, **fields: Any) -> proposals_pb2.Proposal:
        """A proposal that everybody may support."""
        made = await self.propose(process, caller, **fields)
        return await self.review(made, proposals_pb2.PROPOSAL_STATE_OPEN)

    async def accepted(self, process: str = "") -> proposals_pb2.Proposal:
        """A proposal that is accepted."""
        return await self.review(await self.published(process), proposals_pb2.PROPOSAL_STATE_ACCEPTED)

    async def proposal(self, code: str, caller: Caller = ANONYMOUS, link_key: str = "") -> proposals_pb2.Proposal:
        """A proposal as somebody sees it."""
        request = proposals_pb2.GetProposalRequest(code=code, link_key=link_key)
        found: proposals_pb2.Proposal = (await self.call(request, caller)).proposal
        return found

    async def support(self, code: str, caller: Caller, session: str = "", network: str = "") -> Any:
        """Stands behind one."""
        origin = Origin(session=session, network=network)
        return await self.call(proposals_pb2.SupportProposalRequest(code=code, origin=origin), caller)

    async def fall_due(self, **later: float) -> None:
        """Lets time pass, and what fell due happen."""
        self.served.pass_time(**later)
        await timers.due(self.served.runtime)

    async def told(self) -> list[str]:
        """Names of the events that were emitted, oldest first."""
        return [row["type"].rpartition(".")[2] for row in await self.served.outbox()]


async def listed(society: Society, caller: Caller = ANONYMOUS, **asked: Any) -> list[str]:
    """The codes of a list of proposals."""
    found = await society.call(proposals_pb2.ListProposalsRequest(**asked), caller)
    return [one.code for one in found.proposals]
