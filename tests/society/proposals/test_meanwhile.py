"""A process moves on while a proposal is on its way into it: either the proposal is there before, or it is refused."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from services.kit.caller import Scope
from services.society.proposals import actions
from smartcity.society.v1 import processes_pb2
from smartcity.society.v1 import proposals_pb2 as pb
from tests.governance.conftest import refused
from tests.society.taking_part import BAPPEDA, PLEBURAN, REASON, SELATAN, SELATAN_AREA, SITI, Society

REVIEW, CARRY_OUT = processes_pb2.PROCESS_PHASE_REVIEW, processes_pb2.PROCESS_PHASE_CARRY_OUT


async def waiting(call: Awaitable[Any]) -> asyncio.Task[Any]:
    """A call under way that waits for what the test holds."""
    task = asyncio.ensure_future(call)
    await asyncio.sleep(0.5)
    assert not task.done()
    return task


async def test_a_proposal_whose_turn_comes_after_collecting_has_ended_is_refused(society: Society) -> None:
    process = await society.process()
    async with society.served.runtime.transaction() as tx:
        await tx.one_at_a_time(f"proposals of {process.id}")  # another one is being made
        late = await waiting(society.propose(process.id))
        await society.move(process, REVIEW)
    with refused("PROCESS_NOT_COLLECTING"):
        await late


async def test_collecting_ends_once_a_proposal_is_made_that_was_let_in(society: Society) -> None:
    process = await society.process()
    given = actions.Given("Lampu jalan di gang", "Gang gelap.", "", None, None, 0, "")
    async with society.served.runtime.transaction(SITI) as tx:
        made = await actions.create(tx, process.id, given)
        ending = await waiting(society.move(process, REVIEW))
    assert (await ending).phase == REVIEW
    assert (await society.proposal(made.code, SITI)).process == process.id


async def test_a_process_is_carried_out_once_a_proposal_is_there_that_was_carried_to_it(society: Society) -> None:
    first = await society.process("musrenbang-kelurahan", SELATAN, area=PLEBURAN)
    shown = await society.review(await society.propose(first.id), pb.PROPOSAL_STATE_OPEN, SELATAN)
    accepted = await society.review(shown, pb.PROPOSAL_STATE_ACCEPTED, SELATAN)
    to = await society.process("musrenbang-kecamatan", BAPPEDA, area=SELATAN_AREA)
    to = await society.move(to, REVIEW)
    async with society.served.runtime.transaction(SELATAN, Scope.OWN_AGENCY) as tx:
        await actions.carry(tx, accepted.code, accepted.etag, to.id, REASON)
        ending = await waiting(society.move(to, CARRY_OUT))
    assert (await ending).phase == CARRY_OUT
    assert (await society.proposal(accepted.code)).process == to.id
