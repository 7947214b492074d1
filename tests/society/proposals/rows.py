"""Whom a proposal concerns: its author, the agency that runs its process, and the administrators."""

from typing import Any

from smartcity.society.v1 import proposals_pb2 as pb
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id
from tests.society.taking_part import BAPPEDA, DLH, PLEBURAN, REASON, SELATAN, SITI, Society


async def _get(served: Served) -> Any:
    return pb.GetProposalRequest(code=(await Society(served).propose()).code)


async def _list(served: Served) -> Any:
    await Society(served).propose()
    return pb.ListProposalsRequest(states=[pb.PROPOSAL_STATE_WAITING])


async def _create(served: Served) -> Any:
    process = (await Society(served).process()).id
    words = "Gang gelap sejak tiang tumbang."
    return pb.CreateProposalRequest(request_id=request_id(), process=process, title="Lampu jalan", words=words)


async def _withdraw(served: Served) -> Any:
    code = (await Society(served).published()).code
    return pb.WithdrawProposalRequest(request_id=request_id(), code=code, note=REASON)


async def _support(served: Served) -> Any:
    return pb.SupportProposalRequest(request_id=request_id(), code=(await Society(served).published()).code)


async def _review(served: Served) -> Any:
    one = await Society(served).propose()
    state = pb.PROPOSAL_STATE_OPEN
    return pb.ReviewProposalRequest(request_id=request_id(), code=one.code, etag=one.etag, state=state, note=REASON)


async def _merge(served: Served) -> Any:
    society = Society(served)
    process = (await society.process()).id
    one, other = await society.published(process), await society.published(process)
    return pb.MergeProposalRequest(
        request_id=request_id(), code=one.code, etag=one.etag, into=other.code, note=REASON
    )  # fmt: skip


async def _carry(served: Served) -> Any:
    society = Society(served)
    first, then = [(await society.process(kind, area=PLEBURAN)).id for kind in ("rembug-warga", "musrenbang-kelurahan")]
    one = await society.accepted(first)
    return pb.CarryProposalRequest(request_id=request_id(), code=one.code, etag=one.etag, process=then, note=REASON)


async def _report(served: Served) -> Any:
    one = await Society(served).accepted()
    return pb.ReportProposalRequest(request_id=request_id(), code=one.code, etag=one.etag, note=REASON)


ROWS = {
    "ProposalService.GetProposal": Row(_get, (SITI, BAPPEDA, ADMIN), (DLH, SELATAN)),
    "ProposalService.ListProposals": Row(_list, (BAPPEDA, DLH, ADMIN), own=True),
    "ProposalService.CreateProposal": Row(_create, (SITI, DLH), own=True),
    "ProposalService.WithdrawProposal": Row(_withdraw, (SITI,), (DLH, BAPPEDA)),
    "ProposalService.SupportProposal": Row(_support, (SITI, DLH), own=True),
    "ProposalService.ReviewProposal": Row(_review, (BAPPEDA, ADMIN), (DLH, SELATAN)),
    "ProposalService.MergeProposal": Row(_merge, (BAPPEDA, ADMIN), (DLH, SELATAN)),
    "ProposalService.CarryProposal": Row(_carry, (BAPPEDA, ADMIN), (DLH, SELATAN)),
    "ProposalService.ReportProposal": Row(_report, (BAPPEDA, ADMIN), (DLH, SELATAN)),
}
_ITS_AUTHOR = "its author is refused, test_nobody_answers_their_own"
NOBODY_OWNS = {
    "ProposalService.CreateProposal": "what anybody does, for themselves",
    "ProposalService.WithdrawProposal": "what only its author does, who owns it",
    "ProposalService.SupportProposal": "what anybody does; its author does not count",
    "ProposalService.ReviewProposal": _ITS_AUTHOR,
    "ProposalService.MergeProposal": _ITS_AUTHOR,
    "ProposalService.CarryProposal": _ITS_AUTHOR,
    "ProposalService.ReportProposal": _ITS_AUTHOR,
}
