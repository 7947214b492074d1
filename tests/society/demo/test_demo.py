"""The made-up history: once, without an event, by the platform's rules."""

from services.society.counting.recount import recount
from services.society.demo import seed
from smartcity.society.v1 import ballots_pb2, comments_pb2, proposals_pb2
from smartcity.society.v1 import processes_pb2 as pb
from tests.society.ballots.voting import Voting
from tests.society.taking_part import Society


async def test_there_is_something_of_each_phase_once_and_nobody_is_told(society: Society) -> None:
    assert await seed(society.served.runtime) == 4
    assert await seed(society.served.runtime) == 0
    assert await society.told() == []
    listed = (await society.call(pb.ListProcessesRequest())).processes
    assert [one.phase for one in listed] == [
        pb.PROCESS_PHASE_COLLECT, pb.PROCESS_PHASE_COLLECT, pb.PROCESS_PHASE_REVIEW, pb.PROCESS_PHASE_CARRY_OUT,
    ]  # fmt: skip
    assert all(one.title_en for one in listed)


async def test_its_ballot_was_counted_by_two_and_anybody_counts_again(society: Society) -> None:
    await seed(society.served.runtime)
    voting = Voting(society.served)
    (ballot,) = (await voting.call(ballots_pb2.ListBallotsRequest())).ballots
    result = await voting.result(ballot)
    assert (ballot.state, ballot.paper, result.votes) == (ballots_pb2.BALLOT_STATE_COUNTED, 21, 21)
    found = recount(await voting.file(ballot), result.digest)
    assert (found.faults, found.digest) == ((), result.digest)


async def test_proposals_are_answered_in_time_supported_and_followed_to_the_finished_work(society: Society) -> None:
    await seed(society.served.runtime)
    found = (await society.call(proposals_pb2.ListProposalsRequest(most_supported=True))).proposals
    states = {one.state for one in found}
    assert states >= {
        proposals_pb2.PROPOSAL_STATE_OPEN, proposals_pb2.PROPOSAL_STATE_DECLINED, proposals_pb2.PROPOSAL_STATE_DONE,
    }  # fmt: skip
    assert all(one.supporters for one in found)
    late = [
        one
        for one in found
        if one.HasField("due_time") and one.due_time.ToDatetime(society.served.now.tzinfo) < society.served.now
    ]
    assert not late
    said = [
        await society.call(comments_pb2.ListCommentsRequest(code=one.code)) for one in found
    ]  # fmt: skip
    assert sum(len(each.comments) for each in said) >= 3
