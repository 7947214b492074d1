"""ProposalService over gRPC: supporting a proposal."""

from services.kit.database import Transaction
from services.kit.rpc import rpc
from services.society.supporting import actions
from smartcity.society.v1 import proposals_pb2 as pb


@rpc
async def support(tx: Transaction, request: pb.SupportProposalRequest) -> pb.SupportProposalResponse:
    """Somebody stands behind one."""
    joined = await actions.join(tx, request.code, request.origin.session, request.origin.network)
    return pb.SupportProposalResponse(code=joined.code, supporters=joined.supporters, counted=joined.counted)
