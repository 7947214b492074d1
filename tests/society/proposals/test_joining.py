"""Proposals that are joined to others over the pillar's real server."""

import asyncio
from dataclasses import replace

from services.society.proposals import actions
from smartcity.society.v1 import proposals_pb2 as pb
from tests.governance.conftest import refused
from tests.society.taking_part import BAPPEDA, REASON, SITI, Society, listed

OPEN = pb.PROPOSAL_STATE_OPEN


async def test_what_no_officer_published_stays_hidden_when_it_is_joined_to_another(society: Society) -> None:
    process = (await society.process()).id
    into, waiting, shown = (
        await society.published(process),
        await society.propose(process),
        await society.published(process),
    )
    merged = pb.PROPOSAL_STATE_MERGED
    for made in (waiting, shown):
        request = pb.MergeProposalRequest(code=made.code, etag=made.etag, into=into.code, note=REASON)
        await society.call(request, BAPPEDA)
    with refused("PROPOSAL_NOT_FOUND"):
        await society.proposal(waiting.code)
    assert await listed(society, states=[merged]) == [shown.code]
    assert await listed(society, states=[merged, OPEN], most_supported=True) == [shown.code, into.code]
    assert await listed(society, BAPPEDA, states=[merged], agency="bappeda") == [shown.code, waiting.code]
    seen = await society.proposal(waiting.code, SITI)
    assert (seen.words, seen.merged_into) == (waiting.words, into.code)


async def test_one_is_joined_to_another_of_the_same_process(society: Society) -> None:
    process = (await society.process()).id
    one, other, elsewhere = [await society.published(each) for each in (process, process, "")]

    async def join(into: str) -> pb.Proposal:
        request = pb.MergeProposalRequest(code=one.code, etag=one.etag, into=into, note=REASON)
        done: pb.Proposal = (await society.call(request, BAPPEDA)).proposal
        return done

    for into in (one.code, elsewhere.code):
        with refused("PROPOSAL_MERGE_INVALID"):
            await join(into)
    done = await join(other.code)
    assert (done.state, done.merged_into, done.steps[-1].reference) == (
        pb.PROPOSAL_STATE_MERGED, other.code, other.code,
    )  # fmt: skip
    assert await listed(society, process=process) == [other.code]


async def test_nobody_joins_what_others_proposed_to_their_own(society: Society) -> None:
    process = (await society.process()).id
    insider = replace(BAPPEDA, subject="officer-bappeda-2", roles=frozenset({"officer", "citizen"}))
    own, other = await society.published(process, insider), await society.published(process)
    request = pb.MergeProposalRequest(code=other.code, etag=other.etag, into=own.code, note=REASON)
    with refused("OWN_MATTER"):
        await society.call(request, insider)
    assert (await society.call(request, BAPPEDA)).proposal.merged_into == own.code


async def test_nobody_answers_what_their_own_is_joined_to_at_whatever_remove(society: Society) -> None:
    process = (await society.process()).id
    insider = replace(BAPPEDA, subject="officer-bappeda-2", roles=frozenset({"officer", "citizen"}))
    own, between, other, free = [await society.published(process, who) for who in (insider, SITI, SITI, SITI)]
    for one, into in ((own, between), (between, other)):
        seen = await society.proposal(one.code)
        await society.call(pb.MergeProposalRequest(code=one.code, etag=seen.etag, into=into.code, note=REASON), BAPPEDA)
    seen = await society.proposal(other.code)
    with refused("OWN_MATTER"):
        await society.review(seen, pb.PROPOSAL_STATE_ACCEPTED, insider)
    with refused("OWN_MATTER"):
        more = pb.MergeProposalRequest(code=free.code, etag=free.etag, into=other.code, note=REASON)
        await society.call(more, insider)
    await society.review(await society.proposal(free.code), pb.PROPOSAL_STATE_ACCEPTED, insider)
    await society.review(seen, pb.PROPOSAL_STATE_ACCEPTED)


async def test_two_that_are_joined_to_each_other_at_once_do_not_both_vanish(society: Society) -> None:
    process = (await society.process()).id
    one, other = await society.published(process), await society.published(process)
    async with society.served.runtime.transaction(BAPPEDA) as tx:
        await actions.merge(tx, one.code, one.etag, other.code, REASON)
        back = pb.MergeProposalRequest(code=other.code, etag=other.etag, into=one.code, note=REASON)
        second = asyncio.create_task(society.call(back, BAPPEDA))
        await asyncio.wait({second}, timeout=0.3)
        assert not second.done(), "it waits for what becomes of the other"
    with refused("PROPOSAL_MERGE_INVALID"):
        await second
    assert (await society.proposal(other.code)).state == OPEN
