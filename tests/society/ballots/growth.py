"""Ballots going all the ways that they can, so that each statement is looked at."""

from datetime import date, timedelta
from uuid import UUID

from services.society.booths import timers as booth_timers
from services.society.results import gauges, timers
from smartcity.society.v1 import ballots_pb2 as pb
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN
from tests.society.ballots.deciding import Deciding
from tests.society.ballots.voting import BAPPEDA, SECOND, Voting

_BORN = date(1970, 1, 1)


async def _live(served: Served) -> None:
    voting = Voting(served)
    ballot = await voting.held(cut_off=str(served.now.date()))
    for process in ("", "0"):
        asked = pb.ListBallotsRequest(page_size=1, process=process)
        asked.page_token = (await voting.call(asked)).next_page_token
        await voting.call(asked)
    for place in range(5):
        voter = await voting.voter(place, _BORN)
        await voting.cast(ballot, voter, 1, key="once")
        await voting.cast(ballot, voter, 1, key="once")
        await voting.call(pb.GetVoterRequest(id=ballot.id), voter)
    await voting.call(pb.GetBallotRequest(id=ballot.id))
    await voting.mark(ballot, 9, born=_BORN)
    served.pass_time(days=2)
    await gauges.GAUGES.read(served.runtime)
    for option, caller in enumerate((BAPPEDA, SECOND), 1):
        await voting.enter(ballot, [(1, [option])], caller)
    aside = pb.SetBoothCountsAsideRequest(id=ballot.id, booth="TPS-1", reason="Penghitung kedua sedang sakit.")
    await voting.call(aside, ADMIN)
    for caller in (BAPPEDA, SECOND):
        await voting.enter(ballot, [(1, [1])], caller)
    await voting.call(pb.ListBoothsRequest(id=ballot.id), BAPPEDA)
    await voting.counted(ballot)
    await timers.count(served.runtime)
    await booth_timers.forget(served.runtime)
    await voting.file(ballot)
    votes = pb.ListVotesRequest(id=ballot.id, page_size=2)
    votes.page_token = (await voting.call(votes)).next_page_token
    await voting.call(votes)
    gone = await voting.held(cut_off=str(served.now.date()))
    served.pass_time(days=3)
    await served.admin.execute(
        "INSERT INTO society.ballot_envelope VALUES (gen_random_uuid(), $1, repeat('x', 88)::bytea)", UUID(gone.id)
    )
    await voting.call(pb.CountBallotRequest(id=gone.id, etag="1"), BAPPEDA)
    await timers.count(served.runtime)
    for etag, caller in (("2", BAPPEDA), ("3", SECOND)):
        await voting.call(pb.CancelBallotRequest(id=gone.id, etag=etag, reason="Kotak suara basah."), caller)
    served.now -= timedelta(days=5)
    await _of_process(served)


async def _of_process(served: Served) -> None:
    deciding, began = Deciding(served), served.now
    process = await deciding.voted()
    await deciding.count(process, *[deciding.codes[0]] * 5, first=100)
    deciding.codes.clear()
    held = await deciding.ballot(await deciding.voted())
    served.now = held.close_time.ToDatetime(served.now.tzinfo) + timedelta(days=1)
    for etag, caller in (("1", BAPPEDA), ("2", SECOND)):
        await deciding.voting.call(pb.CancelBallotRequest(id=held.id, etag=etag, reason="Kotak suara basah."), caller)
    served.now = began


LIVES = {"ballots": _live}
