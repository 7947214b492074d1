"""A process whose proposals residents vote on, for the tests of several rooms."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from services.society.ballots import reactions
from smartcity.society.v1 import ballots_pb2, events_pb2, proposals_pb2
from smartcity.society.v1 import processes_pb2 as pb
from smartcity.types.v1.money_pb2 import Money
from tests.fixtures.arriving import arrived
from tests.fixtures.pillars import Served
from tests.society.ballots.voting import Voting
from tests.society.taking_part import BAPPEDA, REASON, Society, at

AGENCY = BAPPEDA
SEKAYU = "33.74.01.1007"
ACCEPTED = proposals_pb2.PROPOSAL_STATE_ACCEPTED


@dataclass
class Deciding:
    """The running pillar."""

    served: Served
    codes: list[str] = field(default_factory=list)
    """Of the proposals, in the order in which they were made."""

    @property
    def society(self) -> Society:
        """Its processes."""
        return Society(self.served)

    @property
    def voting(self) -> Voting:
        """Its ballots."""
        return Voting(self.served)

    async def collecting(self, **fields: Any) -> pb.Process:
        """The budget of an RT, which takes proposals; its vote ends in ten days."""
        voters = pb.ProcessVoters(min_age=17, areas=[SEKAYU], cut_off=str(self.served.now.date()))
        days = (self.served.now - at().ToDatetime(self.served.now.tzinfo)).days
        usual: dict[str, Any] = {"dates": pb.ProcessDates(carry_out=at(days=days + 10)), "voters": voters}
        return await self.society.process(
            "anggaran-rt", AGENCY, area=SEKAYU, rt="RT 03 RW 02", **{**usual, **fields}
        )  # fmt: skip

    async def accept(self, process: str, asked: int, **fields: Any) -> proposals_pb2.Proposal:
        """A proposal that is accepted."""
        made = await self.society.propose(process, cost=Money(currency="IDR", units=asked) if asked else None)
        shown = await self.society.review(made, proposals_pb2.PROPOSAL_STATE_OPEN, AGENCY)
        request = proposals_pb2.ReviewProposalRequest(
            code=made.code, etag=shown.etag, state=ACCEPTED, note=REASON, **fields
        )
        done: proposals_pb2.Proposal = (await self.society.call(request, AGENCY)).proposal
        self.codes.append(done.code)
        return done

    async def vote(self, process: pb.Process) -> pb.Process:
        """The process comes to its vote, and its ballot opens."""
        moved = await self.society.move(process, pb.PROCESS_PHASE_VOTE, AGENCY)
        await self.hear(moved)
        return await self.society.read(moved.id)

    async def hear(self, process: pb.Process) -> None:
        """What the pillar hears of its own process."""
        event = events_pb2.ProcessMoved(id=process.id, phase=process.phase)
        async with self.served.runtime.transaction() as tx:
            await reactions.on_process_moved(tx, arrived(self.served, event, "society"))

    async def voted(self, costs: tuple[int, ...] = (12_000_000, 9_000_000, 8_000_000), **fields: Any) -> pb.Process:
        """A process in its vote, with a proposal of each cost on its ballot."""
        process = await self.collecting(**fields)
        for cost in costs:
            await self.accept(process.id, cost)
        return await self.vote(process)

    async def ballot(self, process: pb.Process) -> ballots_pb2.Ballot:
        """Its ballot."""
        found: ballots_pb2.Ballot = (await self.voting.call(ballots_pb2.GetBallotRequest(id=process.ballot))).ballot
        return found

    async def count(self, process: pb.Process, *choices: str, first: int = 0) -> ballots_pb2.BallotResult:
        """Residents vote, each for the proposals of one text of codes, and the ballot is counted."""
        ballot = await self.ballot(process)
        numbers = {one.proposal: one.number for one in ballot.options}
        for place, chosen in enumerate(choices, first):
            voter = await self.voting.voter(place)
            await self.voting.cast(ballot, voter, *(numbers[code] for code in chosen.split()))
        closes = ballot.close_time.ToDatetime(self.served.now.tzinfo)
        self.served.now = max(self.served.now, closes + timedelta(seconds=1))
        return await self.voting.counted(ballot, AGENCY)
