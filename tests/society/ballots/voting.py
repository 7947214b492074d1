"""Ballots at work in this process, for the tests of several rooms: voters, an agency, booths and counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import grpc.aio
from google.protobuf.timestamp_pb2 import Timestamp

from services.kit.caller import Caller
from services.society.results import timers
from smartcity.society.v1 import ballots_pb2 as pb
from smartcity.society.v1.ballots_pb2_grpc import BallotServiceStub
from tests.fixtures.pillars import Served
from tests.governance.conftest import RefusedError, officer, request_id
from tests.society.residents.people import SEKAYU, SITI, People, number

BAPPEDA, DPU = officer("bappeda"), officer("dpu")
SECOND = Caller("officer-bappeda-2", frozenset({"officer"}), "bappeda")
BORN = date(1990, 8, 17)
COSTS = (12_000_000, 9_000_000, 8_000_000, 5_000_000)


@dataclass
class Voting:
    """The running pillar."""

    served: Served

    @property
    def people(self) -> People:
        """Its residents."""
        return People(self.served)

    async def call(self, request: Any, caller: Caller = SITI) -> Any:
        """Calls the RPC of a request. Raises RefusedError."""
        name = type(request).__name__.removesuffix("Request")
        if "request_id" in request.DESCRIPTOR.fields_by_name and not request.request_id:
            request.request_id = request_id()
        try:
            return await self.served.call(BallotServiceStub, name, request, caller)
        except grpc.aio.AioRpcError as error:
            raise RefusedError(error) from error

    def plan(self, costs: Sequence[int] = COSTS, budget: int = 25_000_000, **more: Any) -> pb.CreateBallotRequest:
        """A ballot of two days, which opens now."""
        close = Timestamp()
        close.FromDatetime(self.served.now + timedelta(days=2))
        options = [pb.BallotOption(title=f"Usulan {place}", cost=cost) for place, cost in enumerate(costs)]
        usual = {"title": "Anggaran partisipatif RW 02", "areas": ["33.74.01"], "min_age": 17, "cut_off": "2026-11-24"}
        return pb.CreateBallotRequest(options=options, budget=budget, close_time=close, **{**usual, **more})

    async def held(self, costs: Sequence[int] = COSTS, budget: int = 25_000_000, **more: Any) -> pb.Ballot:
        """One that is open."""
        made: pb.Ballot = (await self.call(self.plan(costs, budget, **more), BAPPEDA)).ballot
        return made

    async def voter(self, place: int, born: date = BORN) -> Caller:
        """A verified resident; each place is another person."""
        caller = Caller(f"citizen-{place:04}", frozenset({"citizen"}))
        await self.people.verified(caller, born + timedelta(days=place), SEKAYU)
        return caller

    async def cast(self, ballot: pb.Ballot, caller: Caller, *options: int, key: str = "") -> pb.Voter:
        """Somebody votes."""
        asked = pb.CastVoteRequest(request_id=key, id=ballot.id, options=options)
        found: pb.Voter = (await self.call(asked, caller)).voter
        return found

    async def mark(self, ballot: pb.Ballot, place: int, booth: str = "TPS-1", born: date = BORN) -> int:
        """Somebody is given a paper."""
        day = born + timedelta(days=place)
        asked = pb.MarkPaperVoterRequest(id=ballot.id, booth=booth, nik=number(day), birth_date=str(day))
        found: int = (await self.call(asked, BAPPEDA)).voters
        return found

    async def enter(
        self,
        ballot: pb.Ballot,
        lines: Sequence[tuple[int, Sequence[int]]],
        caller: Caller,
        booth: str = "TPS-1",
        key: str = "",
    ) -> pb.Booth:
        """Somebody has counted a booth."""
        papers = [pb.PaperLine(papers=papers, options=options) for papers, options in lines]
        asked = pb.EnterBoothCountRequest(request_id=key, id=ballot.id, booth=booth, lines=papers)
        found: pb.Booth = (await self.call(asked, caller)).booth
        return found

    async def counted(self, ballot: pb.Ballot, agency: Caller = BAPPEDA) -> pb.BallotResult:
        """What came of a ballot, once it closes and is counted."""
        if self.served.now < ballot.close_time.ToDatetime(self.served.now.tzinfo):
            self.served.pass_time(days=2)
        await self.call(pb.CountBallotRequest(id=ballot.id, etag="1"), agency)
        await timers.count(self.served.runtime)
        return await self.result(ballot)

    async def result(self, ballot: pb.Ballot) -> pb.BallotResult:
        """What came of a ballot."""
        found: pb.BallotResult = (await self.call(pb.GetBallotResultRequest(id=ballot.id))).result
        return found

    async def file(self, ballot: pb.Ballot) -> str:
        """The file of its votes."""
        parts, after = [], ""
        while True:
            part = await self.call(pb.GetVoteFileRequest(id=ballot.id, after=after))
            parts.append(part.text)
            after = part.last
            if not after:
                return "".join(parts)
