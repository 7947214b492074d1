"""Who can read everything that the platform keeps, and not the pillar's secret, tries to find out who voted how.

The attacker has all tables with their hidden columns (xmin, ctid), the write-ahead log, the outbox, logs and traces.
Each voter votes in another way, so that a vote tells whose it is as soon as one observation orders votes as the voters.
The same attack finds every voter where votes are written as they come, which shows that it bites.
"""

import hashlib
import itertools
import json
from collections.abc import Sequence
from typing import Any

import pytest
import structlog.testing

from services.society.counting.votes import mask
from smartcity.society.v1 import ballots_pb2 as pb
from tests.kit.tracing import recording
from tests.society.ballots.voting import BAPPEDA, SECOND, Voting

VOTERS = 40
LUCK = 8
"""Matches that lots give: one on average; nine or more once in a million times."""
CHOICES = [choice for size in (1, 2, 3) for choice in itertools.combinations(range(1, 7), size)][:VOTERS]


def matches(voters: Sequence[int], found: Sequence[int]) -> int:
    """How many voters an order of votes tells: in their places, forwards or backwards, or one after the other."""
    forwards = sum(one == other for one, other in zip(voters, found, strict=False))
    backwards = sum(one == other for one, other in zip(reversed(voters), found, strict=False))
    places = {bits: place for place, bits in enumerate(voters)}
    steps = [places[after] - places[before] for before, after in itertools.pairwise(found)]
    return max(forwards, backwards, steps.count(1) + 1, steps.count(-1) + 1)


async def seen(voting: Voting, table: str, column: str) -> list[list[int]]:
    """The votes of a table in each order that the database tells: by its hidden columns, by id, as it scans."""
    orders = ("ctid", "xmin::text::bigint, cmin::text::bigint", "id", "id DESC", "")
    rows = []
    for order in orders:
        tail = f" ORDER BY {order}" if order else ""
        rows.append([row[0] for row in await voting.served.admin.fetch(f"SELECT {column} FROM {table}{tail}")])
    return rows


async def logged(voting: Voting, since: str, table: str) -> list[dict[str, Any]]:
    """What the write-ahead log says of a table since a place, in its order."""
    rows = await voting.served.admin.fetch(
        """
        SELECT start_lsn, xid, block_data FROM pg_get_wal_block_info($1::text::pg_lsn, pg_current_wal_flush_lsn())
         WHERE relfilenode = pg_relation_filenode($2::regclass) AND relforknumber = 0 ORDER BY start_lsn, block_id
        """,
        since,
        table,
    )
    return [dict(row) for row in rows]


@pytest.fixture
async def voted(voting: Voting, monkeypatch: pytest.MonkeyPatch) -> tuple[pb.Ballot, list[int], dict[str, Any]]:
    """A ballot in which everybody has voted in another way, one after the other, and what was seen meanwhile."""
    admin = voting.served.admin
    await admin.execute("CREATE EXTENSION IF NOT EXISTS pg_walinspect")
    ballot = await voting.held(costs=(0,) * 6, budget=0, winners=2)
    voters = [await voting.voter(place) for place in range(VOTERS)]
    # The server is shared: without a slot, another test's checkpoint takes away what the attacker has not read yet.
    await admin.execute("SELECT pg_create_physical_replication_slot('attacker', true, true)")
    before = await admin.fetchval("SELECT pg_current_wal_flush_lsn()::text")
    requests = []
    with structlog.testing.capture_logs() as logs, recording(monkeypatch) as spans:
        for caller, choice in zip(voters, CHOICES, strict=True):
            request = pb.CastVoteRequest(request_id=f"vote-of-{caller.subject}", id=ballot.id, options=choice)
            requests.append(request)
            await voting.call(request, caller)
        cast = spans.named("smartcity.society.v1.BallotService/CastVote")
        written = spans.named("transaction society")
    envelopes = [bytes(row["sealed"]) for row in await admin.fetch("SELECT sealed FROM society.ballot_envelope")]
    wal = {"envelopes": await logged(voting, before, "society.ballot_envelope")}
    await voting.counted(ballot)
    await admin.execute("CHECKPOINT")
    wal["votes"] = await logged(voting, before, "society.ballot_vote")
    await admin.execute("SELECT pg_drop_replication_slot('attacker')")
    told = {"logs": logs, "requests": requests, "envelopes": envelopes, "wal": wal, "spans": [*cast, *written]}
    return ballot, [mask(choice) for choice in CHOICES], told


async def test_no_order_of_anything_kept_tells_who_voted_how(
    voting: Voting, voted: tuple[pb.Ballot, list[int], dict[str, Any]]
) -> None:
    _, voters, told = voted
    for found in await seen(voting, "society.ballot_vote", "choices"):
        assert sorted(found) == sorted(voters)
        assert matches(voters, found) <= LUCK
    writes = told["wal"]["votes"]
    logged_votes = [int.from_bytes(one["block_data"][-8:], "little") for one in writes if one["block_data"]]
    assert len(set(logged_votes) & set(voters)) > VOTERS // 2, "the attacker reads votes in the log"
    assert matches(voters, [bits for bits in logged_votes if bits in voters]) <= LUCK
    assert len({one["xid"] for one in writes}) == 1, "all votes are written at once"
    assert len({one["xid"] for one in told["wal"]["envelopes"]}) >= VOTERS, "and each envelope as it comes"
    assert len({len(one) for one in told["envelopes"]}) == 1
    assert len(set(told["envelopes"])) == VOTERS, "envelopes are of one length, and none is like another"
    ids = [row["id"] for row in await voting.served.admin.fetch("SELECT id FROM society.ballot_vote")]
    assert {one.version for one in ids} == {4}


async def test_the_same_attack_finds_every_voter_where_votes_are_written_as_they_come(voting: Voting) -> None:
    admin, voters = voting.served.admin, [mask(choice) for choice in CHOICES]
    await admin.execute("CREATE TEMPORARY TABLE naive (id uuid DEFAULT gen_random_uuid(), choices bigint)")
    for bits in voters:
        await admin.execute("INSERT INTO naive (choices) VALUES ($1)", bits)
    assert max(matches(voters, found) for found in await seen(voting, "naive", "choices")) == VOTERS
    await admin.execute("DROP TABLE naive")


async def test_nothing_kept_of_a_request_holds_or_lets_anybody_try_out_what_was_chosen(
    voting: Voting, voted: tuple[pb.Ballot, list[int], dict[str, Any]]
) -> None:
    ballot, _, told = voted
    kept = await _everything(voting, but={"ballot_vote"})
    words = json.dumps(told["logs"], default=str)
    for request in told["requests"]:
        for choice in CHOICES:
            tried = pb.CastVoteRequest(request_id=request.request_id, id=ballot.id, options=choice)
            digest = hashlib.sha256(tried.SerializeToString(deterministic=True)).digest()
            assert digest not in kept, "idempotency keeps a digest that could be tried out"
            assert digest.hex() not in words
        assert request.request_id.encode() not in kept
        assert request.request_id not in words
    outbox = await voting.served.outbox()
    kinds = {row["type"].rpartition(".")[2] for row in outbox}
    assert kinds == {"BallotAnnounced", "BallotCounted"}, "no event tells of a vote"
    assert "CastVote" not in words
    assert len(told["spans"]) == 2 * VOTERS
    said = {json.dumps(dict(span.attributes or {}), sort_keys=True) for span in told["spans"]}
    assert len(said) == 2, "all votes leave the same spans, but for the time"
    assert not any(span.events or span.links for span in told["spans"])


async def test_nothing_kept_of_a_booths_count_lets_anybody_try_out_its_papers(voting: Voting) -> None:
    ballot = await voting.held(costs=(0,) * 6, budget=0, winners=2)
    await voting.mark(ballot, 0)
    voting.served.pass_time(days=2)
    for caller in (BAPPEDA, SECOND):
        await voting.enter(ballot, [(1, [2, 5])], caller, key=f"count-of-{caller.subject}")
    kept = await _everything(voting, but=set())
    for caller, options in itertools.product((BAPPEDA, SECOND), CHOICES):
        key, lines = f"count-of-{caller.subject}", [pb.PaperLine(papers=1, options=options)]
        tried = pb.EnterBoothCountRequest(request_id=key, id=ballot.id, booth="TPS-1", lines=lines)
        assert hashlib.sha256(tried.SerializeToString(deterministic=True)).digest() not in kept, options
    assert b"count-of-" not in kept


async def test_the_box_and_the_roll_have_no_column_that_tells_when_or_whose(voting: Voting) -> None:
    rows = await voting.served.admin.fetch(
        """
        SELECT table_name, column_name, data_type FROM information_schema.columns
         WHERE table_schema = 'society' AND table_name IN ('ballot_vote', 'ballot_envelope', 'ballot_roll')
        """
    )
    columns = {(row["table_name"], row["column_name"]) for row in rows}
    assert columns == {
        ("ballot_vote", "ballot"), ("ballot_vote", "id"), ("ballot_vote", "choices"),
        ("ballot_envelope", "id"), ("ballot_envelope", "ballot"), ("ballot_envelope", "sealed"),
        ("ballot_roll", "ballot"), ("ballot_roll", "person"), ("ballot_roll", "booth"), ("ballot_roll", "key"),
    }  # fmt: skip
    assert not [row for row in rows if "time" in row["data_type"]]


async def test_who_stands_on_a_roll_is_not_told_by_another_roll_nor_by_the_residents(voting: Voting) -> None:
    first, second = await voting.held(), await voting.held()
    voter = await voting.voter(1)
    for ballot in (first, second):
        await voting.cast(ballot, voter, 1)
    persons = {
        bytes(row["person"]) for row in await voting.served.admin.fetch("SELECT person FROM society.ballot_roll")
    }
    known = {bytes(row["person"]) for row in await voting.served.admin.fetch("SELECT person FROM society.resident")}
    assert len(persons) == 2
    assert not persons & known


async def _everything(voting: Voting, but: set[str]) -> bytes:
    admin, parts = voting.served.admin, []
    for row in await admin.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'society'"):
        if row["tablename"] in but:
            continue
        for kept in await admin.fetch(f'SELECT * FROM society."{row["tablename"]}"'):
            parts += [value if isinstance(value, bytes) else str(value).encode() for value in kept.values()]
    return b"\n".join(parts)
