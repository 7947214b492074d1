"""Voting over the real server: who may, once, until when, and what is refused."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from services.kit.caller import Caller
from services.society.ballots import actions
from smartcity.society.v1 import ballots_pb2 as pb
from smartcity.society.v1 import residents_pb2
from tests.governance.conftest import refused
from tests.society.ballots.voting import BAPPEDA, BORN, DPU, Voting
from tests.society.residents.people import BONGSARI, BUDI, NOTE, OFFICE, SEKAYU, SITI, number


async def test_a_verified_resident_votes_once_and_is_told_no_more_than_that(voting: Voting) -> None:
    ballot, voter = await voting.held(), await voting.voter(1)
    assert (ballot.state, ballot.advisory, len(ballot.options)) == (pb.BALLOT_STATE_OPEN, True, 4)
    before = (await voting.call(pb.GetVoterRequest(id=ballot.id), voter)).voter
    assert (before.verified, before.eligible, before.voted) == (True, True, False)
    first = await voting.cast(ballot, voter, 1, 3, key="key-1")
    assert await voting.cast(ballot, voter, 2, key="key-1") == first, "a repeat changes nothing, whatever it chooses"
    assert (await voting.call(pb.GetVoterRequest(id=ballot.id), voter)).voter == first
    with refused("VOTED_ALREADY"):
        await voting.cast(ballot, voter, 2)
    found = (await voting.call(pb.GetBallotRequest(id=ballot.id))).ballot
    assert (found.online, found.paper) == (1, 0)


async def test_a_vote_that_is_sent_again_while_its_first_sending_commits_is_answered_as_that(voting: Voting) -> None:
    ballot, voter = await voting.held(), await voting.voter(1)
    async with voting.served.runtime.transaction(voter) as tx:
        await actions.cast(tx, ballot.id, "key-1", [1])
        again = asyncio.create_task(voting.cast(ballot, voter, 1, key="key-1"))
        other = asyncio.create_task(voting.cast(ballot, voter, 1, key="key-2"))
        await asyncio.wait({again, other}, timeout=0.3)
        assert not again.done()
    assert (await again).voted
    with refused("VOTED_ALREADY"):
        await other
    assert (await voting.call(pb.GetBallotRequest(id=ballot.id))).ballot.online == 1


async def test_who_is_not_verified_too_young_from_elsewhere_or_too_late_does_not_vote(voting: Voting) -> None:
    ballot = await voting.held()
    with refused("NOT_VERIFIED"):
        await voting.cast(ballot, SITI, 1)
    young = await voting.voter(0, date(2009, 11, 25))
    with refused("NOT_ELIGIBLE"):
        await voting.cast(ballot, young, 1)
    await voting.people.verified(BUDI, date(1980, 1, 1), BONGSARI)
    with refused("NOT_ELIGIBLE"):
        await voting.cast(ballot, BUDI, 1)
    voting.served.pass_time(days=1)
    late = await voting.voter(2)
    with refused("NOT_ELIGIBLE"):
        await voting.cast(ballot, late, 1)
    assert not (await voting.call(pb.GetVoterRequest(id=ballot.id), late)).voter.eligible


async def test_no_vote_is_taken_before_or_after(voting: Voting) -> None:
    plan = voting.plan()
    plan.open_time.FromDatetime(voting.served.now + timedelta(hours=1))
    ballot = (await voting.call(plan, BAPPEDA)).ballot
    voter = await voting.voter(1)
    with refused("BALLOT_NOT_OPEN"):
        await voting.cast(ballot, voter, 1)
    voting.served.pass_time(days=2)
    with refused("BALLOT_CLOSED"):
        await voting.cast(ballot, voter, 1)
    with refused("BALLOT_CLOSED"):
        await voting.mark(ballot, 1)


async def test_one_person_votes_on_paper_or_by_phone_and_not_both(voting: Voting) -> None:
    ballot = await voting.held()
    online, other = await voting.voter(1), await voting.voter(2)
    await voting.cast(ballot, online, 1)
    with refused("VOTED_ALREADY"):
        await voting.mark(ballot, 1)
    assert await voting.mark(ballot, 2) == 1
    with refused("VOTED_ALREADY") as caught:
        await voting.cast(ballot, other, 1)
    assert "TPS-1" in caught.value.message
    with refused("VOTED_ALREADY"):
        await voting.mark(ballot, 2, "TPS-2")
    with refused("NOT_ELIGIBLE"):
        await voting.mark(ballot, 0, born=date(2015, 1, 1))
    assert await voting.mark(ballot, 3) == 2, "who has no login votes on paper"
    elsewhere = date(1980, 1, 1)
    await voting.people.verified(BUDI, elsewhere, BONGSARI)
    assert await voting.mark(ballot, 0, born=elsewhere) == 3, "else an officer finds out where anybody is verified"


async def test_who_says_nothing_of_it_lets_voters_approve_of_five_at_most(voting: Voting) -> None:
    assert (await voting.held(costs=(1_000_000,) * 8)).most_choices == 5
    assert (await voting.held()).most_choices == 4


async def test_a_new_login_of_the_same_person_is_no_second_vote(voting: Voting) -> None:
    ballot, voter = await voting.held(), await voting.voter(1)
    await voting.cast(ballot, voter, 1)
    row = await voting.served.admin.fetchrow("SELECT id FROM society.resident WHERE subject = $1", voter.subject)
    await voting.served.admin.execute("DELETE FROM society.resident WHERE id = $1", row["id"] if row else None)
    again = await voting.people.verified(SITI, date(1990, 8, 18))
    assert again.own is False
    with refused("VOTED_ALREADY"):
        await voting.cast(ballot, SITI, 2)


async def test_who_an_officer_has_verified_keeps_the_vote_when_the_identity_provider_names_another_kelurahan(
    voting: Voting,
) -> None:
    ballot, voter = await voting.held(), await voting.voter(1)
    voting.served.pass_time(days=1)
    born = BORN + timedelta(days=1)
    said = residents_pb2.AttestResidentRequest(nik=number(born), birth_date=str(born), area_code=BONGSARI)
    await voting.people.call(said, voter)
    assert (await voting.cast(ballot, voter, 1)).voted


async def _moved(voting: Voting, area: str) -> Caller:
    """A verified resident of Sekayu who is verified elsewhere the day after."""
    voter, born = await voting.voter(1), BORN + timedelta(days=1)
    voting.served.pass_time(days=1)
    await voting.people.verified(voter, born, area)
    return voter


async def test_who_moves_within_the_voters_area_after_the_day_that_counts_votes_still(voting: Voting) -> None:
    ballot = await voting.held()
    assert (await voting.cast(ballot, await _moved(voting, "33.74.01.1002"), 1)).voted


async def test_who_moves_away_after_the_day_that_counts_votes_where_they_lived_then(voting: Voting) -> None:
    there, elsewhere = await voting.held(), await voting.held(areas=[BONGSARI])
    voter = await _moved(voting, BONGSARI)
    with refused("NOT_ELIGIBLE"):
        await voting.cast(elsewhere, voter, 1)
    assert (await voting.cast(there, voter, 1)).voted


async def test_who_has_moved_votes_at_the_new_place_where_the_day_that_counts_comes_after(voting: Voting) -> None:
    voter = await _moved(voting, BONGSARI)
    there, elsewhere = [await voting.held(areas=[area], cut_off="2026-11-25") for area in (SEKAYU, BONGSARI)]
    with refused("NOT_ELIGIBLE"):
        await voting.cast(there, voter, 1)
    assert (await voting.cast(elsewhere, voter, 1)).voted


async def test_whose_verification_was_taken_back_begins_anew(voting: Voting) -> None:
    ballot, voter = await voting.held(), await voting.voter(1)
    (one,) = (await voting.people.call(residents_pb2.ListResidentsRequest(own=True), voter)).residents
    voting.served.pass_time(days=1)
    await voting.people.call(residents_pb2.DeclineResidentRequest(id=one.id, etag=one.etag, note=NOTE), OFFICE)
    await voting.people.verified(voter, BORN + timedelta(days=1), SEKAYU)
    with refused("NOT_ELIGIBLE"):
        await voting.cast(ballot, voter, 1)


async def test_another_person_with_the_same_login_does_not_carry_on_where_the_former_lived(voting: Voting) -> None:
    ballot, voter = await voting.held(), await voting.voter(1)
    voting.served.pass_time(days=1)
    await voting.people.verified(voter, date(1980, 1, 1), SEKAYU)
    with refused("NOT_ELIGIBLE"):
        await voting.cast(ballot, voter, 1)


@pytest.mark.parametrize("options", [(5,), (1, 2, 3)])
async def test_a_vote_for_what_is_not_on_the_ballot_or_for_too_much_is_refused_and_does_not_count(
    voting: Voting, options: tuple[int, ...]
) -> None:
    ballot, voter = await voting.held(most_choices=2), await voting.voter(1)
    with refused("CHOICES_INVALID") as caught:
        await voting.cast(ballot, voter, *options)
    assert not any(str(number) in caught.value.message for number in options), "a refusal does not say what was chosen"
    assert (await voting.cast(ballot, voter)).voted, "nothing was entered; none at all is a vote"


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"costs": (26_000_000, 1)}, "OPTION_TOO_DEAR"),
        ({"costs": (0, 1)}, "OPTION_TOO_DEAR"),
        ({"winners": 5}, "CHOICES_INVALID"),
        ({"areas": ["33.22"]}, "AREA_UNKNOWN"),
        ({"cut_off": "2026-02-30"}, "BALLOT_TIMES_INVALID"),
        ({"cut_off": "2027-01-30"}, "BALLOT_TIMES_INVALID"),
    ],
)
async def test_a_ballot_that_cannot_be_is_refused(voting: Voting, more: dict[str, Any], reason: str) -> None:
    with refused(reason):
        await voting.held(**more)


async def test_times_that_cannot_be_are_refused(voting: Voting) -> None:
    for opens, closes in ((-1, 48), (0, 0), (0, 24 * 93), (24 * 367, 24 * 368)):
        plan = voting.plan()
        plan.open_time.FromDatetime(voting.served.now + timedelta(hours=opens))
        plan.close_time.FromDatetime(voting.served.now + timedelta(hours=closes))
        with refused("BALLOT_TIMES_INVALID"):
            await voting.call(plan, BAPPEDA)


async def test_another_agency_marks_nobody_and_counts_nothing(voting: Voting) -> None:
    ballot = await voting.held()
    day = date(1990, 8, 18)
    asked = pb.MarkPaperVoterRequest(id=ballot.id, booth="TPS-1", nik=number(day), birth_date=str(day))
    for request in (asked, pb.ListBoothsRequest(id=ballot.id), pb.CountBallotRequest(id=ballot.id, etag="1")):
        with refused("NOT_YOURS"):
            await voting.call(request, DPU)
    with refused("BALLOT_OPEN"):
        await voting.call(pb.CountBallotRequest(id=ballot.id, etag="1"), BAPPEDA)
    with refused("BALLOT_UNCOUNTED"):
        await voting.result(ballot)
