"""ProposalService and SupportService over gRPC: supporting a proposal, and what the caller supports."""

from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from services.society.proposals import views
from services.society.supporting import actions
from services.society.supporting.actions import Supported
from smartcity.society.v1 import proposals_pb2, supports_pb2


@rpc
async def support(
    tx: Transaction, request: proposals_pb2.SupportProposalRequest
) -> proposals_pb2.SupportProposalResponse:
    """Somebody stands behind one."""
    at = request.origin
    joined = await actions.support(tx, request.code, at.session, at.network, request.email, request.language or "id")
    return proposals_pb2.SupportProposalResponse(
        code=joined.code, supporters=joined.supporters, counted=joined.counted
    )  # fmt: skip


@rpc
async def page(tx: Transaction, request: supports_pb2.ListSupportsRequest) -> supports_pb2.ListSupportsResponse:
    """Lists what the caller supports."""
    found, token = await actions.page(tx, request.page_size, request.page_token)
    return supports_pb2.ListSupportsResponse(supports=[_view(tx, one) for one in found], next_page_token=token)


@rpc
async def see(tx: Transaction, _: supports_pb2.SeeSupportsRequest) -> supports_pb2.SeeSupportsResponse:
    """The caller has seen all."""
    await actions.see(tx)
    return supports_pb2.SeeSupportsResponse(seen_time=protos.timestamp(tx.now))


def _view(tx: Transaction, one: Supported) -> supports_pb2.Support:
    return supports_pb2.Support(
        proposal=views.view(tx, one.proposal),
        newest=views.step(one.newest) if one.newest else None,
        unseen=one.unseen,
        create_time=protos.timestamp(one.supporter.joined_at),
    )
