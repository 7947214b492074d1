"""What is left of somebody in proposals once they are erased, over the real server."""

from dataclasses import replace

import pytest

from services.society.own_data import reactions
from services.society.proposals import reactions as proposals
from smartcity.society.v1 import events_pb2, own_records_pb2, processes_pb2, proposals_pb2
from smartcity.society.v1.own_records_pb2_grpc import OwnRecordServiceStub
from tests.fixtures.arriving import arrived
from tests.fixtures.personal import asked, exported
from tests.governance.conftest import refused
from tests.society.residents.people import BUDI, SITI, People
from tests.society.taking_part import BAPPEDA, REASON, Society


@pytest.mark.parametrize("state", ["open", "accepted", "declined", "chosen", "not_chosen", "in_progress", "done"])
async def test_erasure_forgets_whose_a_published_proposal_was_wherever_it_stands(people: People, state: str) -> None:
    made = await Society(people.served).published()
    await people.served.admin.execute("UPDATE society.proposal SET state = $1", state)
    told = await asked(people.served, reactions, SITI.subject, erase=True)
    assert told["proposals"] == (1, 1, "")
    listed = await exported(people.served, OwnRecordServiceStub, own_records_pb2.ListOwnRecordsRequest(), SITI)
    assert "proposals" not in listed
    assert (await Society(people.served).proposal(made.code, SITI)).words == made.words


async def test_nothing_joins_two_proposals_of_somebody_who_is_erased(people: People) -> None:
    society = Society(people.served)
    for _ in range(2):
        await society.published()
        people.served.pass_time(days=1)
    await asked(people.served, reactions, SITI.subject, erase=True)
    kept = await people.served.admin.fetch("SELECT author, updated_at FROM society.proposal")
    assert len({row["author"] for row in kept}) == 2
    assert len({row["updated_at"] for row in kept}) == 2, "nor that both changed at one moment"


async def test_an_erasure_gives_nobody_ten_more_proposals_in_a_process(people: People) -> None:
    society = Society(people.served)
    process, other = [(await society.process()).id for _ in range(2)]
    for _ in range(2):
        for _ in range(5):
            await society.propose(process)
        await asked(people.served, reactions, SITI.subject, erase=True)
    with refused("OWN_PROPOSALS_FULL"):
        await society.propose(process)
    await society.propose(other)
    await society.propose(process, BUDI)


async def test_how_many_somebody_proposed_is_forgotten_once_no_more_are_taken(people: People) -> None:
    process = (await Society(people.served).process()).id
    await Society(people.served).propose(process)
    await asked(people.served, reactions, SITI.subject, erase=True)
    sql = "SELECT count(*) FROM society.proposal_made"
    for phase, kept in ((processes_pb2.PROCESS_PHASE_REVIEW, 1), (processes_pb2.PROCESS_PHASE_CARRY_OUT, 0)):
        async with people.served.runtime.transaction() as tx:
            moved = events_pb2.ProcessMoved(id=process, phase=phase)
            await proposals.on_process_moved(tx, arrived(people.served, moved, "society"))
        assert await people.served.admin.fetchval(sql) == kept


async def test_nothing_is_counted_of_who_is_erased_where_no_more_proposals_are_taken(people: People) -> None:
    society = Society(people.served)
    process = await society.process()
    await society.published(process.id)
    await people.served.admin.execute("UPDATE society.process SET phase = 'carry_out'")
    await asked(people.served, reactions, SITI.subject, erase=True)
    assert await people.served.admin.fetchval("SELECT count(*) FROM society.proposal_made") == 0


async def test_nobody_decides_on_their_own_once_it_is_erased(people: People) -> None:
    society, rina = Society(people.served), replace(BAPPEDA, subject="officer-rina")
    process = (await society.process()).id
    declined = await society.review(await society.published(process, rina), proposals_pb2.PROPOSAL_STATE_DECLINED)
    refused_one = await society.review(await society.propose(process, rina), proposals_pb2.PROPOSAL_STATE_REFUSED)
    done = await society.review(await society.published(process, rina), proposals_pb2.PROPOSAL_STATE_ACCEPTED)
    report = proposals_pb2.ReportProposalRequest(code=done.code, etag=done.etag, note=REASON, finished=True)
    await society.call(report, BAPPEDA)
    told = await asked(people.served, reactions, rina.subject, erase=True)
    assert told["proposals"] == (3, 3, ""), "of what was kept back the words go, and nobody publishes it then"
    now = await society.proposal(declined.code, BAPPEDA)
    with refused("OWN_MATTER"):
        await society.review(now, proposals_pb2.PROPOSAL_STATE_ACCEPTED, rina)
    report.etag, report.request_id = (await society.proposal(done.code, BAPPEDA)).etag, ""
    with refused("OWN_MATTER"):
        await society.call(report, rina)
    with refused("INVALID_TRANSITION"):
        now = await society.proposal(refused_one.code, BAPPEDA)
        await society.review(now, proposals_pb2.PROPOSAL_STATE_OPEN, rina)


@pytest.mark.parametrize("joined", ["before", "afterwards"])
async def test_nobody_decides_on_what_their_own_was_joined_to_once_it_is_erased(people: People, joined: str) -> None:
    society, rina = Society(people.served), replace(BAPPEDA, subject="officer-rina")
    process = (await society.process()).id
    own, between, other = [await society.published(process, who) for who in (rina, SITI, BUDI)]
    if joined == "afterwards":
        await asked(people.served, reactions, rina.subject, erase=True)
    for one, into in ((own, between), (between, other)):
        seen = await society.proposal(one.code)
        request = proposals_pb2.MergeProposalRequest(code=one.code, etag=seen.etag, into=into.code, note=REASON)
        await society.call(request, BAPPEDA)
    if joined == "before":
        await asked(people.served, reactions, rina.subject, erase=True)
    seen = await society.proposal(other.code)
    with refused("OWN_MATTER"):
        await society.review(seen, proposals_pb2.PROPOSAL_STATE_ACCEPTED, rina)
    await society.review(seen, proposals_pb2.PROPOSAL_STATE_ACCEPTED)


async def test_nobody_supports_their_own_once_it_is_erased(people: People) -> None:
    society = Society(people.served)
    made = await society.published()
    await asked(people.served, reactions, SITI.subject, erase=True)
    told = await society.support(made.code, SITI)
    assert (told.supporters, told.counted) == (0, False)
    assert (await society.support(made.code, BUDI)).supporters == 1


async def test_erasure_takes_the_words_of_what_was_joined_to_another_unread(people: People) -> None:
    society = Society(people.served)
    into = await society.published(caller=BUDI)
    made = await society.propose(into.process)
    request = proposals_pb2.MergeProposalRequest(code=made.code, etag=made.etag, into=into.code, note=REASON)
    await society.call(request, BAPPEDA)
    await asked(people.served, reactions, SITI.subject, erase=True)
    left = await society.proposal(made.code, BAPPEDA)
    assert (left.state, left.title, left.words) == (proposals_pb2.PROPOSAL_STATE_MERGED, "", "")
