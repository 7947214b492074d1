"""Comments over the pillar's real server: who writes and moderates them, how many, and for how long they are kept."""

import runpy
from dataclasses import replace
from typing import Any

from services.kit.caller import ANONYMOUS, Caller
from services.society.comments import timers
from services.society.pillar import PILLAR
from smartcity.society.v1 import comments_pb2 as pb
from smartcity.society.v1 import proposals_pb2
from smartcity.types.v1.origin_pb2 import Origin
from tests.governance.conftest import refused
from tests.society.taking_part import BAPPEDA, BUDI, DLH, PLEBURAN, REASON, SELATAN, SELATAN_AREA, SITI, Society

SHOWN, HIDDEN = pb.COMMENT_STATE_SHOWN, pb.COMMENT_STATE_HIDDEN


async def comment(society: Society, code: str, caller: Caller = BUDI, network: str = "") -> pb.Comment:
    request = pb.CreateCommentRequest(code=code, words="Setuju.", origin=Origin(network=network))
    made: pb.Comment = (await society.call(request, caller)).comment
    return made


async def moderate(society: Society, one: pb.Comment, to: Any, caller: Caller = BAPPEDA, note: str = "") -> pb.Comment:
    request = pb.ModerateCommentRequest(id=one.id, etag=one.etag, state=to, note=note)
    done: pb.Comment = (await society.call(request, caller)).comment
    return done


async def shown(society: Society, code: str) -> list[str]:
    return [one.id for one in (await society.call(pb.ListCommentsRequest(code=code))).comments]


async def waits(society: Society, caller: Caller) -> list[str]:
    return [one.id for one in (await society.call(pb.ListWaitingCommentsRequest(), caller)).comments]


async def test_a_comment_is_shown_once_an_officer_of_the_agency_has_read_it(society: Society) -> None:
    code = (await society.published()).code
    one = await comment(society, code)
    assert (one.state, one.own, await shown(society, code)) == (pb.COMMENT_STATE_WAITING, True, [])
    assert [await waits(society, caller) for caller in (BAPPEDA, DLH)] == [[one.id], []]
    with refused("NOT_YOURS"):
        await moderate(society, one, SHOWN, DLH)
    await moderate(society, one, SHOWN)
    assert await shown(society, code) == [one.id]


async def carry(society: Society, proposal: proposals_pb2.Proposal) -> None:
    """From the process of a kelurahan, which its kecamatan runs, to one of the planning agency."""
    to = await society.process("musrenbang-kecamatan", area=SELATAN_AREA)
    accepted = await society.review(proposal, proposals_pb2.PROPOSAL_STATE_ACCEPTED, SELATAN)
    request = proposals_pb2.CarryProposalRequest(code=proposal.code, etag=accepted.etag, process=to.id, note=REASON)
    await society.call(request, SELATAN)


async def in_kelurahan(society: Society) -> proposals_pb2.Proposal:
    process = await society.process("musrenbang-kelurahan", SELATAN, area=PLEBURAN)
    return await society.review(await society.propose(process.id), proposals_pb2.PROPOSAL_STATE_OPEN, SELATAN)


async def test_what_waits_goes_along_to_the_agency_that_its_proposal_is_carried_to(society: Society) -> None:
    proposal = await in_kelurahan(society)
    one = await comment(society, proposal.code)
    await carry(society, proposal)
    assert [await waits(society, caller) for caller in (BAPPEDA, SELATAN)] == [[one.id], []]
    with refused("NOT_YOURS"):
        await moderate(society, one, SHOWN, SELATAN)
    await moderate(society, one, SHOWN)
    assert await shown(society, proposal.code) == [one.id]


async def test_what_had_been_left_behind_is_taken_along_by_the_upgrade(society: Society) -> None:
    proposal = await in_kelurahan(society)
    one = await comment(society, proposal.code)
    await carry(society, proposal)
    pool = society.served.runtime.pool
    await pool.execute("UPDATE comment SET agency = $1", SELATAN.agency)
    fill = runpy.run_path(str(PILLAR.migrations / "2026_12_02_comments_carried.py"))["LEFT_BEHIND"]
    await pool.execute(fill.format(slice="true"))
    assert [await waits(society, caller) for caller in (BAPPEDA, SELATAN)] == [[one.id], []]


async def test_what_was_shown_is_kept_back_later_by_the_agency_that_answers_now(society: Society) -> None:
    proposal = await in_kelurahan(society)
    one = await moderate(society, await comment(society, proposal.code), SHOWN, SELATAN)
    await carry(society, proposal)
    with refused("NOT_YOURS"):
        await moderate(society, one, HIDDEN, SELATAN, REASON)
    await moderate(society, one, HIDDEN, note=REASON)
    assert await shown(society, proposal.code) == []


async def test_nobody_moderates_their_own(society: Society) -> None:
    insider = replace(BAPPEDA, roles=frozenset({"officer", "citizen"}))
    one = await comment(society, (await society.published()).code, insider)
    with refused("OWN_MATTER"):
        await moderate(society, one, SHOWN, insider)


async def test_nobody_moderates_what_is_said_of_their_own_proposal(society: Society) -> None:
    insider = replace(BAPPEDA, roles=frozenset({"officer", "citizen"}))
    colleague = replace(insider, subject="officer-bappeda-2")
    made = await society.propose(caller=insider)
    request = proposals_pb2.ReviewProposalRequest(
        code=made.code, etag=made.etag, state=proposals_pb2.PROPOSAL_STATE_OPEN, note=REASON
    )
    await society.call(request, colleague)
    one = await comment(society, made.code)
    with refused("OWN_MATTER"):
        await moderate(society, one, HIDDEN, insider, REASON)
    await moderate(society, one, SHOWN, colleague)


async def test_what_is_kept_back_has_a_reason_and_is_erased_later(society: Society) -> None:
    code = (await society.published()).code
    one = await comment(society, code)
    with refused("NOTE_REQUIRED"):
        await moderate(society, one, HIDDEN)
    hidden = await moderate(society, one, HIDDEN, note="Memuat nomor telepon orang.")
    assert (await shown(society, code), hidden.words) == ([], "Setuju.")
    society.served.pass_time(days=31)
    await timers.forget(society.served.runtime)
    with refused("INVALID_TRANSITION"):
        await moderate(society, hidden, SHOWN)


async def test_a_person_has_five_that_wait(society: Society) -> None:
    code = (await society.published()).code
    for _ in range(5):
        await comment(society, code)
        await comment(society, code, ANONYMOUS, "warung")
    for caller in (BUDI, ANONYMOUS):
        with refused("COMMENTS_FULL"):
            await comment(society, code, caller, "warung")
    await comment(society, code, SITI)


async def test_nobody_comments_on_what_is_not_there(society: Society) -> None:
    waiting = await society.propose()
    with refused("PROPOSAL_NOT_FOUND"):
        await comment(society, waiting.code)
    gone = await society.published()
    await society.call(proposals_pb2.WithdrawProposalRequest(code=gone.code, note=REASON), SITI)
    with refused("COMMENTS_CLOSED"):
        await comment(society, gone.code)
    with refused("PROPOSAL_NOT_FOUND"):
        await society.call(pb.ListCommentsRequest(code=waiting.code), BAPPEDA)
