"""Proposals going all the ways that they can, so that each statement is looked at."""

from typing import Any

from services.kit.caller import ANONYMOUS
from services.society.proposals import actions, store
from services.society.proposals.model import LinkKind, StepKind
from smartcity.society.v1 import proposals_pb2 as pb
from smartcity.types.v1.origin_pb2 import Origin
from tests.fixtures.pillars import Served
from tests.governance.conftest import request_id
from tests.society.proposals import rows
from tests.society.taking_part import BAPPEDA, BUDI, SITI, Society


async def _live(served: Served) -> None:
    society = Society(served)
    for make in (rows._review, rows._merge, rows._carry):
        await society.call(await make(served), BAPPEDA)
    await society.call(await rows._withdraw(served), SITI)
    report = await rows._report(served)
    report.link, report.reference = pb.PROPOSAL_LINK_KIND_COMPLAINT, "SMG-7K4P-92"
    await society.call(report, BAPPEDA)
    async with served.runtime.transaction() as tx:
        for once in (False, True):
            await actions.tell_linked(tx, LinkKind.COMPLAINT, "SMG-7K4P-92", StepKind.RESOLVED, once=once)
        await store.support(tx, (await store.linked(tx, LinkKind.COMPLAINT, "SMG-7K4P-92"))[0], 0)
    one = await society.published()
    for caller in (BUDI, ANONYMOUS, ANONYMOUS):
        await society.support(one.code, caller, request_id(), "network")
    await society.propose(one.process, ANONYMOUS, origin=Origin(network="network"))
    open_, declined = pb.PROPOSAL_STATE_OPEN, pb.PROPOSAL_STATE_DECLINED
    asked: tuple[dict[str, Any], ...] = (
        {},
        {"most_supported": True},
        {"process": one.process},
        {"process": one.process, "most_supported": True, "states": [open_, declined]},
        {"states": [pb.PROPOSAL_STATE_WAITING]},
        {"process": one.process, "states": [pb.PROPOSAL_STATE_WAITING]},
        {"agency": "bappeda"},
        {"agency": "bappeda", "process": one.process},
        {"states": [pb.PROPOSAL_STATE_WITHDRAWN]},
        {"states": [pb.PROPOSAL_STATE_WITHDRAWN, pb.PROPOSAL_STATE_MERGED], "most_supported": True},
        {"process": one.process, "states": [pb.PROPOSAL_STATE_MERGED]},
        {"agency": "kec-semarang-selatan", "states": [pb.PROPOSAL_STATE_MERGED]},
    )
    for wanted in asked:
        page = await society.call(pb.ListProposalsRequest(page_size=1, **wanted), BAPPEDA)
        await society.call(pb.ListProposalsRequest(page_size=1, page_token=page.next_page_token, **wanted), BAPPEDA)
    await society.review(await society.proposal(one.code), pb.PROPOSAL_STATE_REFUSED)
    await society.proposal(one.code)


LIVES = {"proposals": _live}
