"""Votes on paper over the real server: counted by two who find the same."""

from uuid import UUID

from services.kit.caller import Caller
from services.society.booths import timers
from smartcity.society.v1 import ballots_pb2 as pb
from tests.governance.conftest import ADMIN, refused
from tests.society.ballots.voting import BAPPEDA, DPU, SECOND, Voting

THIRD = Caller("officer-bappeda-3", frozenset({"officer"}), "bappeda")
ASIDE = "Penghitung kedua dirawat di rumah sakit."


async def test_a_booth_is_counted_by_two_and_again_by_both_where_they_differ(voting: Voting) -> None:
    ballot = await voting.held()
    for place in range(6):
        await voting.mark(ballot, place)
    with refused("BALLOT_OPEN"):
        await voting.enter(ballot, [(6, [1])], BAPPEDA)
    voting.served.pass_time(days=2)
    (booth,) = (await voting.call(pb.ListBoothsRequest(id=ballot.id), BAPPEDA)).booths
    assert (booth.name, booth.voters, booth.state) == ("TPS-1", 6, pb.BOOTH_STATE_UNCOUNTED)
    with refused("PAPERS_TOO_MANY"):
        await voting.enter(ballot, [(7, [1])], BAPPEDA)
    with refused("CHOICES_INVALID"):
        await voting.enter(ballot, [(6, [9])], BAPPEDA)
    with refused("BOOTH_UNKNOWN"):
        await voting.enter(ballot, [(6, [1])], BAPPEDA, "TPS-9")
    once = await voting.enter(ballot, [(4, [1, 2]), (2, [3])], BAPPEDA)
    assert (once.state, once.own, once.counted_again) == (pb.BOOTH_STATE_COUNTED_ONCE, True, False)
    with refused("COUNT_BY_ANOTHER"):
        await voting.enter(ballot, [(6, [1])], BAPPEDA)
    with refused("BOOTHS_UNCOUNTED"):
        await voting.call(pb.CountBallotRequest(id=ballot.id, etag="1"), BAPPEDA)
    assert (await voting.enter(ballot, [(4, [1, 2]), (2, [4])], SECOND)).state == pb.BOOTH_STATE_DIFFERS
    with refused("COUNT_BY_THE_SAME"):
        await voting.enter(ballot, [(6, [1])], ADMIN)
    tried = await voting.enter(ballot, [(2, [3]), (4, [1, 2])], SECOND)
    assert (tried.state, tried.own) == (pb.BOOTH_STATE_COUNTED_ONCE, True), "nobody learns what another has found"
    for caller, reason in ((SECOND, "COUNT_BY_ANOTHER"), (ADMIN, "COUNT_BY_THE_SAME")):
        with refused(reason):
            await voting.enter(ballot, [(6, [1])], caller)
    with refused("BOOTHS_UNCOUNTED"):
        await voting.call(pb.CountBallotRequest(id=ballot.id, etag="1"), BAPPEDA)
    again = await voting.enter(ballot, [(2, [3]), (1, [2, 1]), (3, [1, 2])], BAPPEDA)
    assert again.state == pb.BOOTH_STATE_AGREED, "the same papers, however they are laid out"
    with refused("INVALID_TRANSITION"):
        await voting.enter(ballot, [(6, [1])], SECOND)
    result = await voting.counted(ballot)
    assert (result.votes, [one.approvals for one in result.options]) == (6, [4, 4, 2, 0])
    left = set(await voting.served.admin.fetch("SELECT DISTINCT sealed, digest FROM society.booth_count"))
    assert left == {(b"", b"")}, "nor anything by which it could be tried out"
    (booth,) = (await voting.call(pb.ListBoothsRequest(id=ballot.id), BAPPEDA)).booths
    assert (booth.state, booth.own) == (pb.BOOTH_STATE_AGREED, True)


async def test_a_third_officer_has_a_booth_counted_from_nothing_where_one_of_two_who_differ_is_gone(
    voting: Voting,
) -> None:
    ballot = await voting.held()
    for place in range(3):
        await voting.mark(ballot, place)
    voting.served.pass_time(days=2)

    async def aside(caller: Caller, reason: str = ASIDE) -> pb.Booth:
        request = pb.SetBoothCountsAsideRequest(id=ballot.id, booth="TPS-1", reason=reason)
        done: pb.Booth = (await voting.call(request, caller)).booth
        return done

    await voting.enter(ballot, [(3, [1])], BAPPEDA, key="gone")
    with refused("INVALID_TRANSITION"):
        await aside(ADMIN)
    await voting.enter(ballot, [(3, [2])], SECOND)
    for caller, reason, why in (
        (BAPPEDA, ASIDE, "COUNTS_ASIDE_BY_ANOTHER"),
        (THIRD, "", "COUNTS_ASIDE_REASON_REQUIRED"),
        (DPU, ASIDE, "NOT_YOURS"),
    ):
        with refused(why):
            await aside(caller, reason)
    shown = [(await voting.call(pb.ListBoothsRequest(id=ballot.id), caller)).booths[0] for caller in (SECOND, THIRD)]
    assert [one.may_set_aside for one in shown] == [False, True]
    done = await aside(THIRD)
    assert (done.state, done.own, done.may_set_aside, done.aside_reason) == (
        pb.BOOTH_STATE_UNCOUNTED, False, False, ASIDE,
    )  # fmt: skip
    left = set(await voting.served.admin.fetch("SELECT DISTINCT sealed, digest FROM society.booth_count"))
    assert left == {(b"", b"")}, "nobody learns what was found"
    late = await voting.enter(ballot, [(3, [1])], BAPPEDA, key="gone")
    assert (late.state, late.own) == (pb.BOOTH_STATE_UNCOUNTED, False), "what was set aside is not back"
    assert (await voting.enter(ballot, [(3, [2])], SECOND)).state == pb.BOOTH_STATE_COUNTED_ONCE
    assert (await voting.enter(ballot, [(2, [2]), (1, [3])], THIRD)).state == pb.BOOTH_STATE_DIFFERS
    with refused("COUNT_BY_THE_SAME"):
        await voting.enter(ballot, [(3, [2])], BAPPEDA)
    await voting.enter(ballot, [(3, [2])], THIRD)
    assert (await voting.enter(ballot, [(3, [2])], SECOND)).state == pb.BOOTH_STATE_AGREED
    with refused("INVALID_TRANSITION"):
        await aside(ADMIN)
    result = await voting.counted(ballot)
    assert (result.votes, result.withheld) == (3, True)


async def test_counts_of_two_of_whom_one_has_counted_again_are_set_aside_too(voting: Voting) -> None:
    ballot = await voting.held()
    for place in range(5):
        await voting.mark(ballot, place)
    voting.served.pass_time(days=2)
    for caller, option in ((BAPPEDA, 1), (SECOND, 2), (SECOND, 1)):
        booth = await voting.enter(ballot, [(5, [option])], caller)
    assert (booth.state, booth.counted_again) == (pb.BOOTH_STATE_COUNTED_ONCE, True)
    await voting.call(pb.SetBoothCountsAsideRequest(id=ballot.id, booth="TPS-1", reason=ASIDE), THIRD)
    for caller in (ADMIN, THIRD):
        booth = await voting.enter(ballot, [(5, [3])], caller)
    assert booth.state == pb.BOOTH_STATE_AGREED
    assert [one.approvals for one in (await voting.counted(ballot)).options] == [0, 0, 5, 0]


async def test_what_a_process_of_the_version_before_left_of_a_count_goes_and_what_still_counts_stays(
    voting: Voting,
) -> None:
    over, going_on = await voting.held(), await voting.held()
    for ballot in (over, going_on):
        await voting.mark(ballot, 0)
    voting.served.pass_time(days=2)
    for ballot in (over, going_on):
        await voting.enter(ballot, [(1, [1])], BAPPEDA)
    await voting.served.admin.execute("UPDATE society.booth_count SET sealed = '' WHERE ballot = $1", UUID(over.id))
    await timers.forget(voting.served.runtime)
    left = await voting.served.admin.fetch("SELECT ballot, digest <> '' AS kept FROM society.booth_count")
    assert {str(row["ballot"]): row["kept"] for row in left} == {over.id: False, going_on.id: True}


async def test_a_count_that_is_sent_again_is_answered_as_before_and_counts_once(voting: Voting) -> None:
    ballot = await voting.held()
    for place in range(2):
        await voting.mark(ballot, place)
    await voting.mark(ballot, 2, "TPS-2")
    voting.served.pass_time(days=2)
    once = await voting.enter(ballot, [(2, [1])], BAPPEDA, key="one")
    assert await voting.enter(ballot, [(2, [1])], BAPPEDA, key="one") == once
    for lines, booth in (([(2, [2])], "TPS-1"), ([(1, [1])], "TPS-2")):
        with refused("IDEMPOTENCY_KEY_REUSED"):
            await voting.enter(ballot, lines, BAPPEDA, booth, key="one")
    with refused("REQUEST_ID_REQUIRED"):
        await voting.enter(ballot, [(2, [1])], SECOND, key="k" * 129)
    assert (await voting.enter(ballot, [(2, [2])], SECOND, key="one")).state == pb.BOOTH_STATE_DIFFERS
    assert (await voting.enter(ballot, [(2, [1])], BAPPEDA, key="two")).state == pb.BOOTH_STATE_COUNTED_ONCE
    late = await voting.enter(ballot, [(2, [2])], SECOND, key="one")
    assert (late.state, late.own) == (pb.BOOTH_STATE_COUNTED_ONCE, False), "what is to be counted again is not back"
    assert (await voting.enter(ballot, [(2, [1])], SECOND, key="two")).state == pb.BOOTH_STATE_AGREED
    for caller in (BAPPEDA, SECOND):
        await voting.enter(ballot, [(1, [3])], caller, "TPS-2", key="three")
    await voting.counted(ballot)
    assert (await voting.enter(ballot, [(2, [1])], SECOND, key="two")).state == pb.BOOTH_STATE_AGREED


async def test_papers_and_votes_by_phone_are_one_box(voting: Voting) -> None:
    ballot = await voting.held(budget=0, costs=(0, 0, 0), winners=2)
    for place in range(3):
        await voting.mark(ballot, place)
    for place in range(3, 6):
        await voting.cast(ballot, await voting.voter(place), 2, 3)
    voting.served.pass_time(days=2)
    for caller in (BAPPEDA, SECOND):
        await voting.enter(ballot, [(2, [1])], caller)
    result = await voting.counted(ballot)
    assert (result.votes, [one.approvals for one in result.options]) == (5, [2, 3, 3])
    assert [one.number for one in result.options if one.chosen] == [2, 3]
