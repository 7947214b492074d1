"""Results over the real server: counted once, published as a commitment, counted again by anybody."""

import asyncio
from copy import copy
from datetime import UTC, datetime, timedelta
from time import sleep
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from deploy.faults import society as fault
from services.kit.caller import Caller, Scope
from services.kit.database import pool
from services.kit.errors import DomainError
from services.society.ballots import actions, model, store
from services.society.booths import actions as booths
from services.society.counting.pabulib import FileError
from services.society.counting.recount import recount
from services.society.results import gauges, opening, timers
from smartcity.society.v1 import ballots_pb2 as pb
from tests.governance.conftest import refused
from tests.society.ballots.voting import BAPPEDA, DPU, SECOND, Voting


async def _voted(voting: Voting, voters: int) -> pb.Ballot:
    ballot = await voting.held()
    for place in range(voters):
        await voting.cast(ballot, await voting.voter(place), *([1, 2] if place % 2 else [3]))
    return ballot


async def _close(voting: Voting, ballot: pb.Ballot) -> None:
    """It is to be counted."""
    if voting.served.now < ballot.close_time.ToDatetime(voting.served.now.tzinfo):
        voting.served.pass_time(days=2)
    await voting.call(pb.CountBallotRequest(id=ballot.id, etag="1"), BAPPEDA)


async def test_the_file_of_a_counted_ballot_counts_to_what_was_published(voting: Voting) -> None:
    ballot = await _voted(voting, 7)
    result = await voting.counted(ballot)
    assert (result.votes, [one.approvals for one in result.options]) == (7, [3, 3, 4, 0])
    text = await voting.file(ballot)
    found = recount(text, result.digest)
    assert (found.faults, found.digest, found.outcome.votes) == ((), result.digest, 7)
    assert list(found.outcome.chosen) == [one.number for one in result.options if one.chosen]
    listed: list[pb.Vote] = []
    asked = pb.ListVotesRequest(id=ballot.id, page_size=3)
    while True:
        page = await voting.call(asked)
        listed += page.votes
        asked.page_token = page.next_page_token
        if not page.next_page_token:
            break
    assert [one.id for one in listed] == sorted(one.id for one in listed)
    assert len(listed) == 7
    (event,) = [row for row in await voting.served.outbox() if row["type"].endswith("BallotCounted")]
    assert result.digest.encode() in event["payload"]


async def test_a_ballot_is_counted_once_and_its_key_is_gone(voting: Voting) -> None:
    ballot = await _voted(voting, 5)
    first = await voting.counted(ballot)
    with refused("INVALID_TRANSITION"):
        await voting.call(pb.CountBallotRequest(id=ballot.id, etag="3"), BAPPEDA)
    await timers.count(voting.served.runtime)
    assert await voting.result(ballot) == first
    row = await voting.served.admin.fetchrow("SELECT private_key FROM society.ballot")
    assert row == (b"",)
    assert await voting.served.admin.fetchval("SELECT count(*) FROM society.ballot_envelope") == 0


async def test_a_vote_that_was_let_in_before_the_end_is_waited_for_and_counted(voting: Voting) -> None:
    ballot = await _voted(voting, 4)
    voter = await voting.voter(9)
    async with voting.served.runtime.transaction(voter) as tx:
        await actions.cast(tx, ballot.id, "key", [1])
        voting.served.pass_time(days=2)
        count = asyncio.create_task(voting.call(pb.CountBallotRequest(id=ballot.id, etag="1"), BAPPEDA))
        await asyncio.wait({count}, timeout=0.3)
        assert not count.done()
    await count
    await timers.count(voting.served.runtime)
    assert (await voting.result(ballot)).votes == 5


async def test_who_votes_while_the_count_begins_is_told_that_it_is_too_late(voting: Voting) -> None:
    ballot = await _voted(voting, 5)
    voter, in_time = await voting.voter(9), voting.served.now
    voting.served.pass_time(days=2)
    async with voting.served.runtime.transaction(BAPPEDA, Scope.OWN_AGENCY) as tx:
        await booths.count(tx, ballot.id, "1")
        voting.served.now = in_time  # as of a process that let the vote in before the end, and then stood still
        late = asyncio.create_task(voting.cast(ballot, voter, 1))
        await asyncio.wait({late}, timeout=0.3)
        assert not late.done()
    with refused("BALLOT_CLOSED"):
        await late


async def test_too_few_votes_are_counted_and_not_shown(voting: Voting) -> None:
    ballot = await _voted(voting, 4)
    result = await voting.counted(ballot)
    assert (result.votes, result.withheld, list(result.options), result.digest) == (4, True, [], "")
    with refused("BALLOT_WITHHELD"):
        await voting.file(ballot)
    assert not (await voting.call(pb.ListVotesRequest(id=ballot.id))).votes


@pytest.mark.parametrize(
    "harm",
    [
        "INSERT INTO society.ballot_envelope"
        " SELECT gen_random_uuid(), ballot, sealed FROM society.ballot_envelope LIMIT 1",
        "DELETE FROM society.ballot_envelope WHERE id = (SELECT id FROM society.ballot_envelope LIMIT 1)",
        "UPDATE society.ballot_envelope SET sealed = overlay(sealed placing '\\x00000000' from 60)",
    ],
)
async def test_a_box_that_somebody_had_their_hands_in_is_not_counted(voting: Voting, harm: str) -> None:
    ballot = await _voted(voting, 5)
    await voting.served.admin.execute(harm)
    with refused("BALLOT_UNCOUNTED"):
        await voting.counted(ballot)
    assert (await voting.call(pb.GetBallotRequest(id=ballot.id))).ballot.state == pb.BALLOT_STATE_COUNTING
    voting.served.pass_time(hours=1)
    ((age, _),) = next(iter((await gauges.GAUGES.read(voting.served.runtime)).values()))
    assert age == 3600


async def test_a_ballot_is_taken_back_by_two_officers_before_it_opens_and_not_while_it_is_open(
    voting: Voting,
) -> None:
    ahead = voting.plan()
    for time, days in ((ahead.open_time, 1), (ahead.close_time, 3)):
        time.FromDatetime(voting.served.now + timedelta(days=days))
    announced, open_ = (await voting.call(ahead, BAPPEDA)).ballot, await voting.held()
    for etag, caller in (("1", BAPPEDA), ("2", SECOND)):
        request = pb.CancelBallotRequest(id=announced.id, etag=etag, reason="Tahunnya salah.")
        done = (await voting.call(request, caller)).ballot
    assert done.state == pb.BALLOT_STATE_CANCELLED
    with refused("BALLOT_CANCEL_EARLY"):
        await voting.call(pb.CancelBallotRequest(id=open_.id, etag="1", reason="Tahunnya salah."), BAPPEDA)


async def test_what_cannot_be_counted_is_cancelled_by_two_officers_and_destroyed_unopened(voting: Voting) -> None:
    ballot = await _voted(voting, 5)
    await voting.served.admin.execute("DELETE FROM society.ballot_envelope WHERE ballot = $1", UUID(ballot.id))
    with refused("BALLOT_UNCOUNTED"):
        await voting.counted(ballot)

    async def cancel(caller: Caller, reason: str = "") -> pb.Ballot:
        now = (await voting.call(pb.GetBallotRequest(id=ballot.id))).ballot
        request = pb.CancelBallotRequest(id=ballot.id, etag=now.etag, reason=reason)
        done: pb.Ballot = (await voting.call(request, caller)).ballot
        return done

    async with voting.served.runtime.snapshot() as tx:
        held = await store.get(tx, UUID(ballot.id))
    assert held is not None
    with pytest.raises(DomainError, match="within a day of its end"):
        model.cancelling(held, "somebody", "Amplop hilang.", held.closes_at + timedelta(hours=23), practice=False)
    with refused("NOT_YOURS"):
        await cancel(DPU, "Amplop hilang.")
    with refused("BALLOT_REASON_REQUIRED"):
        await cancel(BAPPEDA)
    asked = await cancel(BAPPEDA, "Amplop hilang.")
    assert (asked.state, asked.cancel_asked, asked.cancel_reason) == (pb.BALLOT_STATE_COUNTING, True, "")
    with refused("BALLOT_CANCEL_ANOTHER"):
        await cancel(BAPPEDA, "Amplop hilang.")
    done = await cancel(SECOND)
    assert (done.state, done.cancel_asked, done.cancel_reason) == (pb.BALLOT_STATE_CANCELLED, False, "Amplop hilang.")
    with refused("INVALID_TRANSITION"):
        await cancel(SECOND)
    ((age, _),) = next(iter((await gauges.GAUGES.read(voting.served.runtime)).values()))
    assert age == 0, "nobody is called any more"
    kept = "SELECT octet_length(private_key) FROM society.ballot WHERE id = $1"
    assert await voting.served.admin.fetchval(kept, UUID(ballot.id)) == 0
    assert [row["type"].rpartition(".")[2] for row in await voting.served.outbox()][-1] == "BallotCancelled"


@pytest.mark.parametrize("counted", [False, True])
async def test_a_request_to_cancel_from_before_it_opened_is_over_once_people_vote(
    voting: Voting, counted: bool
) -> None:
    ahead = voting.plan()
    for time, days in ((ahead.open_time, 1), (ahead.close_time, 3)):
        time.FromDatetime(voting.served.now + timedelta(days=days))
    ballot = (await voting.call(ahead, BAPPEDA)).ballot

    async def cancel(caller: Caller, reason: str = "") -> pb.Ballot:
        now = (await voting.call(pb.GetBallotRequest(id=ballot.id))).ballot
        request = pb.CancelBallotRequest(id=ballot.id, etag=now.etag, reason=reason)
        done: pb.Ballot = (await voting.call(request, caller)).ballot
        return done

    assert (await cancel(BAPPEDA, "Tahunnya salah.")).cancel_asked
    voting.served.pass_time(days=5)
    if counted:  # or somebody had it counted meanwhile, which failed
        await voting.call(pb.CountBallotRequest(id=ballot.id, etag="2"), BAPPEDA)
    assert not (await voting.call(pb.GetBallotRequest(id=ballot.id))).ballot.cancel_asked
    with refused("BALLOT_REASON_REQUIRED"):
        await cancel(SECOND)
    assert (await cancel(SECOND, "Kotak hilang.")).cancel_asked
    done = await cancel(BAPPEDA)
    assert (done.state, done.cancel_reason) == (pb.BALLOT_STATE_CANCELLED, "Kotak hilang.")


async def test_officers_cancel_by_the_version_that_they_were_shown_while_it_is_tried_again(voting: Voting) -> None:
    ballot = await _voted(voting, 5)
    await voting.served.admin.execute("DELETE FROM society.ballot_envelope WHERE ballot = $1", UUID(ballot.id))
    with refused("BALLOT_UNCOUNTED"):
        await voting.counted(ballot)
    for etag, caller in (("2", BAPPEDA), ("3", SECOND)):
        shown = (await voting.call(pb.GetBallotRequest(id=ballot.id), caller)).ballot
        assert shown.etag == etag
        for _ in range(2):
            voting.served.pass_time(hours=1)
            await timers.count(voting.served.runtime)
        request = pb.CancelBallotRequest(id=ballot.id, etag=shown.etag, reason="Amplop hilang.")
        done = (await voting.call(request, caller)).ballot
    assert done.state == pb.BALLOT_STATE_CANCELLED


async def test_what_could_not_be_counted_is_tried_again_ever_less_often_and_counted_once_it_can_be(
    voting: Voting,
) -> None:
    ballot = await _voted(voting, 5)
    admin, id_ = voting.served.admin, UUID(ballot.id)
    await admin.execute("CREATE TEMPORARY TABLE taken AS SELECT * FROM society.ballot_envelope WHERE ballot = $1", id_)
    await admin.execute("DELETE FROM society.ballot_envelope WHERE ballot = $1", id_)
    other = await voting.held()
    with capture_logs() as logs:
        with refused("BALLOT_UNCOUNTED"):
            await voting.counted(ballot)
        assert (await voting.counted(other)).votes == 0, "nobody waits for it"
        for _ in range(600):
            voting.served.pass_time(seconds=1)
            await timers.count(voting.served.runtime)
    tries = [one["event"] for one in logs].count("a ballot cannot be counted")
    assert tries == 6, "at once, and after 10, 20, 40, 80 and 160 s"
    await admin.execute("INSERT INTO society.ballot_envelope SELECT * FROM taken")
    await admin.execute("DROP TABLE taken")
    voting.served.pass_time(minutes=10)
    await timers.count(voting.served.runtime)
    assert (await voting.result(ballot)).votes == 5


async def test_a_ballot_is_counted_that_takes_longer_than_the_database_lets_a_transaction_say_nothing(
    voting: Voting, monkeypatch: pytest.MonkeyPatch
) -> None:
    ballot = await _voted(voting, 5)
    await _close(voting, ballot)
    monkeypatch.setitem(pool._FORGOTTEN, "idle_in_transaction_session_timeout", "1s")
    runtime, at_once = copy(voting.served.runtime), opening.opened
    runtime.pool = await pool.connect_pool(runtime.settings.postgres_url.get_secret_value(), "society", 2)

    def slow(*box: Any) -> opening.Opened:
        sleep(2)
        return at_once(*box)

    monkeypatch.setattr(opening, "opened", slow)
    try:
        await timers.count(runtime)
    finally:
        await runtime.pool.close()
    assert (await voting.result(ballot)).votes == 5


async def test_a_ballot_whose_count_fails_in_whatever_way_lets_the_others_have_their_turn(
    voting: Voting, monkeypatch: pytest.MonkeyPatch
) -> None:
    ballots, opened = [await _voted(voting, 5), await voting.held()], opening.opened

    def fails(secret: bytes, ballot: model.Ballot, *box: Any) -> opening.Opened:
        if str(ballot.id) == ballots[0].id:
            raise MemoryError
        return opened(secret, ballot, *box)

    monkeypatch.setattr(opening, "opened", fails)
    await _close(voting, ballots[0])
    with pytest.raises(MemoryError):
        await timers.count(voting.served.runtime)
    await _close(voting, ballots[1])
    for _ in ballots:
        await timers.count(voting.served.runtime)
    assert (await voting.result(ballots[1])).votes == 0
    with refused("BALLOT_UNCOUNTED"):
        await voting.result(ballots[0])


async def test_what_was_opened_of_a_ballot_that_is_cancelled_meanwhile_is_not_kept(
    voting: Voting, monkeypatch: pytest.MonkeyPatch
) -> None:
    ballot, opened, loop = await _voted(voting, 5), opening.opened, asyncio.get_running_loop()
    await _close(voting, ballot)

    async def cancel() -> None:
        for etag, caller in (("2", BAPPEDA), ("3", SECOND)):
            request = pb.CancelBallotRequest(id=ballot.id, etag=etag, reason="Kotak hilang.")
            await voting.call(request, caller)

    def meanwhile(*box: Any) -> opening.Opened:
        asyncio.run_coroutine_threadsafe(cancel(), loop).result()
        return opened(*box)

    monkeypatch.setattr(opening, "opened", meanwhile)
    voting.served.pass_time(days=2)
    await timers.count(voting.served.runtime)
    assert (await voting.call(pb.GetBallotRequest(id=ballot.id))).ballot.state == pb.BALLOT_STATE_CANCELLED
    with refused("BALLOT_UNCOUNTED"):
        await voting.result(ballot)


async def test_the_fault_of_an_uncounted_ballot_shows_in_the_gauge_and_is_undone(voting: Voting) -> None:
    voting.served.now = datetime.now(UTC)

    async def waits() -> float:
        (found,) = (await gauges.GAUGES.read(voting.served.runtime)).values()
        return float(next(iter(found))[0])

    for statements, least in ((fault.UNCOUNTED, 259_000), (fault.COUNTED, 0)):
        for sql in statements * 2:
            await voting.served.admin.execute(sql)
        assert (await waits() > least) is (least > 0)


async def test_a_file_that_is_none_is_told_so() -> None:
    for text in ("", "hello", "META\nkey;value\n"):
        with pytest.raises(FileError):
            recount(text)
