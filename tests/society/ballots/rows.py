"""Whom a ballot concerns: who votes, the agency that holds it, the administrators."""

from datetime import date
from typing import Any

from services.kit.caller import Caller
from smartcity.society.v1 import ballots_pb2 as pb
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id
from tests.society.ballots.voting import BAPPEDA, DPU, SECOND, Voting
from tests.society.residents.people import DLH, SITI, number

THIRD = Caller("officer-bappeda-3", frozenset({"officer"}), "bappeda")


async def _voters(served: Served) -> int:
    """How many there were, so that each is another."""
    found: int = await served.admin.fetchval("SELECT count(*) FROM society.ballot")
    return found


async def _create(served: Served) -> Any:
    plan = Voting(served).plan(cut_off=str(served.now.date()))
    plan.request_id = request_id()
    return plan


async def _held(served: Served) -> pb.Ballot:
    return await Voting(served).held(cut_off=str(served.now.date()))


async def _voter(served: Served) -> Any:
    return pb.GetVoterRequest(id=(await _held(served)).id)


async def _cast(served: Served) -> Any:
    people = Voting(served).people
    if not await served.admin.fetchval("SELECT count(*) FROM society.resident WHERE subject = $1", SITI.subject):
        await people.verified()
    return pb.CastVoteRequest(request_id=request_id(), id=(await _held(served)).id, options=[1])


async def _mark(served: Served) -> Any:
    day = date(1980, 1, 1)
    held = await _held(served)
    said = {"booth": "TPS-1", "nik": number(day), "birth_date": str(day)}
    return pb.MarkPaperVoterRequest(request_id=request_id(), id=held.id, **said)


async def _closed(served: Served) -> pb.Ballot:
    """One that has closed, with a booth."""
    ballot = await _held(served)
    await Voting(served).mark(ballot, await _voters(served))
    served.pass_time(days=2)
    return ballot


async def _enter(served: Served) -> Any:
    ballot = await _closed(served)
    lines = [pb.PaperLine(papers=1, options=[1])]
    return pb.EnterBoothCountRequest(request_id=request_id(), id=ballot.id, booth="TPS-1", lines=lines)


async def _aside(served: Served) -> Any:
    ballot, voting = await _closed(served), Voting(served)
    for option, caller in enumerate((SECOND, THIRD), 1):
        await voting.enter(ballot, [(1, [option])], caller)
    reason = "Penghitung kedua dirawat di rumah sakit."
    return pb.SetBoothCountsAsideRequest(request_id=request_id(), id=ballot.id, booth="TPS-1", reason=reason)


async def _booths(served: Served) -> Any:
    return pb.ListBoothsRequest(id=(await _held(served)).id)


async def _count(served: Served) -> Any:
    ballot, voting = await _closed(served), Voting(served)
    for caller in (BAPPEDA, SECOND):
        await voting.enter(ballot, [(1, [1])], caller)
    return pb.CountBallotRequest(request_id=request_id(), id=ballot.id, etag="1")


async def _cancel(served: Served) -> Any:
    ballot = await _closed(served)
    served.pass_time(days=1)
    return pb.CancelBallotRequest(request_id=request_id(), id=ballot.id, etag="1", reason="Kotak suara basah.")


ROWS = {
    "BallotService.CreateBallot": Row(_create, (BAPPEDA, DPU)),
    "BallotService.GetVoter": Row(_voter, (SITI,), (DLH,), own=True),
    "BallotService.CastVote": Row(_cast, (SITI,), (DLH,), own=True),
    "BallotService.MarkPaperVoter": Row(_mark, (BAPPEDA, ADMIN), (DPU,)),
    "BallotService.EnterBoothCount": Row(_enter, (BAPPEDA, ADMIN), (DPU,)),
    "BallotService.SetBoothCountsAside": Row(_aside, (BAPPEDA, ADMIN), (DPU,)),
    "BallotService.ListBooths": Row(_booths, (BAPPEDA, ADMIN), (DPU,)),
    "BallotService.CountBallot": Row(_count, (BAPPEDA, ADMIN), (DPU,)),
    "BallotService.CancelBallot": Row(_cancel, (BAPPEDA, ADMIN), (DPU,)),
}
NOBODY_OWNS = {
    "BallotService.CreateBallot": "names no person",
    "BallotService.MarkPaperVoter": "who is marked shows a card; an officer who votes on paper stands on the roll once",
    "BallotService.EnterBoothCount": "papers are nobody's, and two people find the same",
    "BallotService.SetBoothCountsAside": "papers are nobody's, and neither of the two who counted says it",
    "BallotService.CountBallot": "names no person",
    "BallotService.CancelBallot": "names no person, and two officers say it",
}
"""Why a change is no decision on a matter of somebody's own."""
