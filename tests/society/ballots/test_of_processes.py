"""The ballot of a process: its options are the accepted proposals, and what came of it decides on them."""

from datetime import timedelta

import pytest

from services.society.resources import Resources
from smartcity.society.v1 import ballots_pb2, events_pb2, proposals_pb2
from smartcity.society.v1 import processes_pb2 as pb
from smartcity.types.v1.money_pb2 import Money
from tests.fixtures.edge import edge_before, stand_before
from tests.governance.conftest import refused
from tests.society.ballots.deciding import ACCEPTED, AGENCY, SEKAYU, Deciding
from tests.society.ballots.voting import SECOND
from tests.society.pages import reader, said
from tests.society.residents.people import People
from tests.society.taking_part import REASON, at

CHOSEN, NOT_CHOSEN = proposals_pb2.PROPOSAL_STATE_CHOSEN, proposals_pb2.PROPOSAL_STATE_NOT_CHOSEN
VOTE, CARRY_OUT = pb.PROCESS_PHASE_VOTE, pb.PROCESS_PHASE_CARRY_OUT


@pytest.fixture
def deciding(people: People) -> Deciding:
    """The pillar, where nothing is decided on."""
    return Deciding(people.served)


async def test_it_opens_with_the_vote_and_its_options_are_the_accepted_proposals(deciding: Deciding) -> None:
    process = await deciding.collecting()
    for cost in (12_000_000, 9_000_000):
        await deciding.accept(process.id, cost)
    await deciding.society.propose(process.id)
    voting = await deciding.vote(process)
    ballot = await deciding.ballot(voting)
    found = {one.proposal: (one.title, one.cost) for one in ballot.options}
    assert found == dict(
        zip(deciding.codes, [("Lampu jalan di gang", 12_000_000), ("Lampu jalan di gang", 9_000_000)], strict=True)
    )
    assert (ballot.process, ballot.agency, ballot.budget.units, ballot.close_time, list(ballot.areas)) == (
        process.id, AGENCY.agency, 25_000_000, process.dates.carry_out, [SEKAYU],
    )  # fmt: skip
    await deciding.hear(voting)
    assert (await deciding.society.read(process.id)).ballot == voting.ballot, "again is harmless"


async def test_the_process_stays_in_its_vote_until_the_ballot_is_counted_and_then_goes_on(deciding: Deciding) -> None:
    process = await deciding.voted()
    assert not process.HasField("due_time")
    with refused("BALLOT_UNCOUNTED"):
        await deciding.society.move(process, CARRY_OUT, AGENCY)
    await deciding.society.fall_due(days=20)
    assert (await deciding.society.read(process.id)).phase == VOTE
    result = await deciding.count(process)
    assert result.withheld
    done = await deciding.society.read(process.id)
    assert (done.phase, done.ballot_counted, done.steps[-1].automatic) == (CARRY_OUT, True, True)


async def test_where_nobody_said_when_it_is_carried_out_an_officer_opens_the_ballot_and_moves_on(
    deciding: Deciding,
) -> None:
    process = await deciding.voted(dates=pb.ProcessDates())
    assert process.ballot == ""
    announce = deciding.voting.plan(process=process.id, title="", budget=0)
    del announce.options[:]
    ballot = (await deciding.voting.call(announce, AGENCY)).ballot
    assert [one.cost for one in sorted(ballot.options, key=lambda one: -one.cost)] == [12_000_000, 9_000_000, 8_000_000]
    announce.request_id = ""
    with refused("BALLOT_EXISTS"):
        await deciding.voting.call(announce, AGENCY)
    process = await deciding.society.read(process.id)
    await deciding.count(process)
    process = await deciding.society.read(process.id)
    assert (process.phase, process.ballot_counted) == (VOTE, True)
    assert (await deciding.society.move(process, CARRY_OUT, AGENCY)).phase == CARRY_OUT


async def test_counted_votes_choose_and_everybody_hears_how_many(deciding: Deciding) -> None:
    process = await deciding.voted()
    lamps, drains, post = deciding.codes
    result = await deciding.count(process, *[f"{lamps} {post}"] * 4, drains, lamps)
    assert result.votes == 6
    found = [await deciding.society.proposal(code) for code in deciding.codes]
    assert [(one.state, one.approvals, one.votes) for one in found] == [
        (CHOSEN, 5, 6), (NOT_CHOSEN, 1, 6), (CHOSEN, 4, 6),
    ]  # fmt: skip
    assert [(one.steps[-1].kind, one.steps[-1].reference) for one in found[:2]] == [
        (proposals_pb2.PROPOSAL_STEP_KIND_CHOSEN, process.ballot),
        (proposals_pb2.PROPOSAL_STEP_KIND_NOT_CHOSEN, process.ballot),
    ]
    rows = [row for row in await deciding.served.outbox() if row["type"].endswith("ProposalAdvanced")]
    told = [events_pb2.ProposalAdvanced.FromString(row["payload"]) for row in rows]
    assert {one.code: one.state for one in told if one.state in (CHOSEN, NOT_CHOSEN)} == {
        lamps: CHOSEN, post: CHOSEN, drains: NOT_CHOSEN,
    }  # fmt: skip
    (counted,) = [row for row in await deciding.served.outbox() if row["type"].endswith("BallotCounted")]
    assert set(events_pb2.BallotCounted.FromString(counted["payload"]).chosen_proposals) == {lamps, post}
    report = proposals_pb2.ReportProposalRequest(code=lamps, etag=found[0].etag, note=REASON)
    assert (await deciding.society.call(report, AGENCY)).proposal.state == proposals_pb2.PROPOSAL_STATE_IN_PROGRESS


async def test_a_page_names_the_ballot_that_chose_once(deciding: Deciding) -> None:
    process = await deciding.voted()
    lamps, _, post = deciding.codes
    await deciding.count(process, *[f"{lamps} {post}"] * 5)
    async with edge_before(deciding.served) as client:
        page = (await client.get(f"/sosial/usulan/{lamps}")).text
    step = page.partition('data-step="chosen"')[2].partition("</li>")[0]
    assert (step.count("pemungutan suara"), f'href="/sosial/suara/{process.ballot}"' in step) == (1, True)


async def test_pages_say_when_the_vote_ends_whatever_date_is_given_to_what_comes_after_it(deciding: Deciding) -> None:
    process = await deciding.voted()
    closes = (await deciding.ballot(process)).close_time.ToDatetime(deciding.served.now.tzinfo)
    anew = pb.UpdateProcessRequest(
        id=process.id, etag=process.etag, title=process.title, summary=process.summary, rt=process.rt,
        budget=process.budget, voters=process.voters, dates=pb.ProcessDates(carry_out=at(days=60)), reason=REASON,
    )  # fmt: skip
    await deciding.society.call(anew, AGENCY)
    async with stand_before(deciding.served) as stand:
        officer = await reader(stand, AGENCY)
        public, desk = [
            await officer.page(f"{path}/{process.id}") for path in ("/sosial/proses", "/petugas/partisipasi")
        ]
        await officer.client.aclose()
    ends = [
        page.xpath(f"//*[@id='{where}']/time/@datetime")
        for page, where in ((public, "vote-ends"), (desk, "vote-ends"), (desk, "fixed-end"))
    ]
    assert ends == [public.xpath("//section[@id='ballot']//time/@datetime")] * 3
    assert closes.strftime("%Y-%m-%dT") in ends[0][0]
    assert "whatever dates are given here" in said(desk, "fixed-end")


async def test_pages_say_by_which_clock_a_ballot_closes(deciding: Deciding) -> None:
    process = await deciding.voted()
    async with stand_before(deciding.served) as stand:
        officer = await reader(stand, AGENCY)
        pages = {
            path: await officer.page(path)
            for path in (
                f"/sosial/suara/{process.ballot}", "/sosial/suara", f"/sosial/proses/{process.id}",
                f"/petugas/suara/{process.ballot}", "/petugas/suara", f"/petugas/partisipasi/{process.id}",
            )
        }  # fmt: skip
        await officer.client.aclose()
    closes = (await deciding.ballot(process)).close_time.ToJsonString()[:16]
    for path, page in pages.items():
        ends = page.xpath(f"//time[starts-with(@datetime, '{closes}')]")
        assert ends, path
        assert [str(one.tail)[:4] for one in ends] == [" WIB"] * len(ends), path


async def test_pages_say_that_an_officer_decides_what_is_next_only_where_no_ballot_does(deciding: Deciding) -> None:
    held = await deciding.voted()
    left = await deciding.voted(costs=(5_000_000,))
    async with edge_before(deciding.served) as client:
        pages = [(await client.get(f"/sosial/proses/{one.id}")).text for one in (held, left)]
    assert [('id="vote-ends"' in page, 'id="by-hand"' in page) for page in pages] == [(True, False), (False, True)]


async def test_nothing_comes_to_a_ballot_that_is_held_or_leaves_it(deciding: Deciding) -> None:
    process = await deciding.collecting()
    one, _ = [await deciding.accept(process.id, 5_000_000) for _ in range(2)]
    late = await deciding.society.propose(process.id, cost=Money(currency="IDR", units=5_000_000))
    late = await deciding.society.review(late, proposals_pb2.PROPOSAL_STATE_OPEN, AGENCY)
    with refused("PROPOSAL_UNDECIDED"):
        await deciding.society.call(
            proposals_pb2.ReportProposalRequest(code=one.code, etag=one.etag, note=REASON), AGENCY
        )
    await deciding.vote(process)
    for proposal, to in ((one, proposals_pb2.PROPOSAL_STATE_DECLINED), (late, ACCEPTED)):
        with refused("PROCESS_VOTING"):
            await deciding.society.review(proposal, to, AGENCY)
    with refused("PROCESS_VOTING"):
        carry = proposals_pb2.CarryProposalRequest(code=one.code, etag=one.etag, process=process.id, note=REASON)
        await deciding.society.call(carry, AGENCY)
    assert (await deciding.society.review(late, proposals_pb2.PROPOSAL_STATE_DECLINED, AGENCY)).answer


async def test_of_too_few_votes_nothing_is_told_and_officers_decide(deciding: Deciding) -> None:
    process = await deciding.voted()
    lamps, drains, _ = deciding.codes
    await deciding.count(process, *[lamps] * 4)
    one = await deciding.society.proposal(lamps)
    assert (one.state, one.ballot) == (ACCEPTED, "")
    report = proposals_pb2.ReportProposalRequest(code=drains, etag=(await deciding.society.proposal(drains)).etag)
    report.note = REASON
    assert (await deciding.society.call(report, AGENCY)).proposal.state == proposals_pb2.PROPOSAL_STATE_IN_PROGRESS


async def test_advice_may_be_departed_from_with_a_reason_and_what_binds_may_not(deciding: Deciding) -> None:
    for regulation in ("", "Perwal 88/2018"):
        deciding.codes.clear()
        process = await deciding.voted(regulation=regulation)
        lamps, drains, post = deciding.codes
        await deciding.count(process, *[f"{lamps} {post}"] * 5)
        one = await deciding.society.proposal(drains, AGENCY)
        if regulation:
            with refused("PROCESS_VOTING"):
                await deciding.society.review(one, ACCEPTED, AGENCY)
        else:
            assert (await deciding.society.review(one, ACCEPTED, AGENCY)).answer == REASON
            await deciding.served.admin.execute("DELETE FROM society.resident")


async def test_what_was_not_on_the_ballot_comes_not_past_a_vote_that_binds(deciding: Deciding) -> None:
    for regulation, votes in (("", 5), ("Perwal 88/2018", 4), ("Perwal 88/2018", 5)):
        deciding.codes.clear()
        process = await deciding.collecting(regulation=regulation)
        late = await deciding.accept(process.id, 5_000_000)
        late = await deciding.society.review(late, proposals_pb2.PROPOSAL_STATE_DECLINED, AGENCY)
        for cost in (12_000_000, 9_000_000):
            await deciding.accept(process.id, cost)
        await deciding.count(await deciding.vote(process), *[deciding.codes[1]] * votes)
        if regulation and votes >= 5:
            await deciding.served.admin.execute(  # as where all that was chosen was carried on to another process
                "UPDATE society.proposal SET ballot = NULL"
            )
            with refused("PROCESS_VOTING"):
                await deciding.society.review(late, ACCEPTED, AGENCY)
            await deciding.served.admin.execute(  # as officers of the version before could
                "UPDATE society.proposal SET state = 'accepted' WHERE code = $1", late.code
            )
            with refused("PROCESS_VOTING"):
                await deciding.society.call(
                    proposals_pb2.ReportProposalRequest(code=late.code, etag=late.etag, note=REASON), AGENCY
                )
        else:  # a vote that advises, or of which nothing is told, leaves it to officers
            late = await deciding.society.review(late, ACCEPTED, AGENCY)
            report = proposals_pb2.ReportProposalRequest(code=late.code, etag=late.etag, note=REASON)
            done = (await deciding.society.call(report, AGENCY)).proposal
            assert done.state == proposals_pb2.PROPOSAL_STATE_IN_PROGRESS
        await deciding.served.admin.execute("DELETE FROM society.resident")


async def test_officers_say_what_it_costs_before_residents_vote_on_a_budget(deciding: Deciding) -> None:
    process = await deciding.collecting()
    with refused("PROPOSAL_COST_REQUIRED"):
        await deciding.accept(process.id, 0)
    with refused("PROPOSAL_TOO_COSTLY"):
        await deciding.accept(process.id, 1_000_000, cost=Money(currency="IDR", units=25_000_001))
    made = await deciding.accept(process.id, 1_000_000, cost=Money(currency="IDR", units=2_000_000))
    assert made.cost.units == 2_000_000


async def test_a_process_whose_ballot_was_cancelled_holds_another(deciding: Deciding) -> None:
    process = await deciding.voted()
    ballot = await deciding.ballot(process)
    deciding.served.now = ballot.close_time.ToDatetime(deciding.served.now.tzinfo) + timedelta(days=1)
    for etag, caller in (("1", AGENCY), ("2", SECOND)):
        request = ballots_pb2.CancelBallotRequest(id=ballot.id, etag=etag, reason=REASON)
        await deciding.voting.call(request, caller)
    now = await deciding.society.read(process.id)
    assert (now.phase, now.ballot, now.dates.HasField("carry_out")) == (pb.PROCESS_PHASE_VOTE, "", False)
    again = (await deciding.voting.call(deciding.voting.plan(process=process.id), AGENCY)).ballot
    assert {one.proposal for one in again.options} == set(deciding.codes)


async def test_with_one_proposal_there_is_nothing_to_choose(deciding: Deciding) -> None:
    process = await deciding.voted(costs=(5_000_000,))
    assert process.ballot == ""
    with refused("BALLOT_OPTIONS_INVALID"):
        await deciding.voting.call(deciding.voting.plan(process=process.id), AGENCY)
    with refused("BALLOT_OPTIONS_INVALID"):
        await deciding.voting.call(ballots_pb2.CreateBallotRequest(
            title="Tanpa pilihan", close_time=process.dates.carry_out, areas=[SEKAYU], cut_off="2026-11-24",
        ), AGENCY)  # fmt: skip
    assert (await deciding.society.move(process, CARRY_OUT, AGENCY)).phase == CARRY_OUT


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        ("DELETE FROM society.proposal WHERE cost > 9000000", "it takes 2 to 40 accepted proposals"),
        ("UPDATE society.process SET budget = 10000000", "one above the budget"),
        ("UPDATE society.process SET cut_off = '2027-06-01'", "the day that counts is not after it"),
    ],
)
async def test_a_vote_whose_ballot_cannot_be_announced_says_why_and_is_not_passed_over(
    deciding: Deciding, harm: str, words: str
) -> None:
    process = await deciding.collecting(regulation="Perwal 88/2018")
    cheap, _ = await deciding.accept(process.id, 9_000_000), await deciding.accept(process.id, 12_000_000)
    voting = await deciding.society.move(process, VOTE, AGENCY)
    await deciding.served.admin.execute(harm)
    await deciding.hear(voting)
    voting = await deciding.society.read(process.id)
    assert (voting.ballot, voting.HasField("due_time")) == ("", False)
    step = voting.steps[-1]
    assert (step.phase, step.before, step.automatic, words in step.reason) == (VOTE, VOTE, True, True)
    await deciding.society.fall_due(days=20)
    assert (await deciding.society.read(process.id)).phase == VOTE
    report = proposals_pb2.ReportProposalRequest(code=cheap.code, etag=cheap.etag, note=REASON)
    with refused("PROPOSAL_UNDECIDED"):
        await deciding.society.call(report, AGENCY)
    async with edge_before(deciding.served) as client:
        page = (await client.get(f"/sosial/proses/{process.id}", headers={"accept-language": "en"})).text
    assert ('id="no-ballot"' in page, words in page) == (True, True)
    assert (await deciding.society.move(voting, CARRY_OUT, AGENCY)).phase == CARRY_OUT


async def test_a_city_that_verifies_no_residents_says_so_where_its_ballot_cannot_be_announced(
    deciding: Deciding,
) -> None:
    process = await deciding.collecting()
    for cost in (12_000_000, 9_000_000):
        await deciding.accept(process.id, cost)
    deciding.served.runtime.extra = Resources(None)
    said_there = (await deciding.vote(process)).steps[-1].reason
    assert ("belum memverifikasi warga" in said_there, "verifies no residents yet" in said_there) == (True, True)


async def test_what_is_said_of_a_vote_without_a_ballot_is_never_a_code(deciding: Deciding) -> None:
    process = await deciding.collecting()
    for cost in (12_000_000, 9_000_000):
        await deciding.accept(process.id, cost)
    await deciding.served.admin.execute("UPDATE society.process SET voter_areas = '{33.99}'")  # no more in the profile
    said_there = (await deciding.vote(process)).steps[-1].reason
    assert "AREA_UNKNOWN" not in said_there
    assert ("petugas harus memeriksa" in said_there, "an officer has to look" in said_there) == (True, True)


async def test_a_ballot_that_nobody_heard_of_in_time_lasts_as_long_as_was_announced(deciding: Deciding) -> None:
    process = await deciding.collecting()
    for cost in (12_000_000, 9_000_000):
        await deciding.accept(process.id, cost)
    moved = await deciding.society.move(process, VOTE, AGENCY)
    await deciding.society.fall_due(days=11)  # as while the bus is away
    await deciding.hear(moved)
    process = await deciding.society.read(process.id)
    ballot = await deciding.ballot(process)
    assert ballot.close_time.seconds - ballot.open_time.seconds == timedelta(days=10).total_seconds()
    assert (process.dates.carry_out, process.dates.vote) == (ballot.close_time, ballot.open_time)
    assert "Begun late" in process.steps[-1].reason


async def test_a_vote_of_the_shortest_time_has_its_ballot_though_that_is_announced_a_moment_later(
    deciding: Deciding,
) -> None:
    runtime = deciding.served.runtime
    runtime.settings = runtime.settings.model_copy(update={"mode": "production"})
    process = await deciding.collecting(dates=pb.ProcessDates(vote=at(days=1), carry_out=at(days=1, hours=1)))
    for cost in (12_000_000, 9_000_000):
        await deciding.accept(process.id, cost)
    await deciding.society.fall_due(days=1, seconds=20)
    deciding.served.pass_time(seconds=20)
    await deciding.hear(await deciding.society.read(process.id))
    ballot = await deciding.ballot(await deciding.society.read(process.id))
    assert (ballot.open_time, ballot.close_time) == (at(days=1), at(days=1, hours=1))


async def test_a_vote_without_a_ballot_that_the_version_before_gave_a_date_is_looked_at_once(
    deciding: Deciding,
) -> None:
    process = await deciding.voted(costs=(5_000_000,))
    await deciding.served.admin.execute("UPDATE society.process SET due_at = carry_out_at")
    await deciding.society.fall_due(days=20)
    assert await deciding.served.admin.fetchval("SELECT due_at FROM society.process") is None
    assert await deciding.society.read(process.id) == process
