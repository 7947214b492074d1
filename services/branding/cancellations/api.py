"""What goes back of a sale, over gRPC: proto -> action -> proto."""

from services.branding.cancellations import actions
from services.branding.refunds.model import State
from services.branding.refunds.views import view
from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from smartcity.branding.v1 import tickets_pb2 as pb


@rpc
async def page(tx: Transaction, request: pb.ListTicketRefundsRequest) -> pb.ListTicketRefundsResponse:
    """Lists what goes back."""
    states = protos.members(pb.TicketRefundState, request.states, State)
    found, under_way = await actions.page(tx, request.sale, states, request.page_size, request.page_token)
    shown = [view(tx, one) for one in found.rows]
    return pb.ListTicketRefundsResponse(refunds=shown, next_page_token=found.token, under_way=under_way)


@rpc
async def retry(tx: Transaction, request: pb.RetryTicketRefundRequest) -> pb.RetryTicketRefundResponse:
    """Asks once more."""
    return pb.RetryTicketRefundResponse(refund=view(tx, await actions.retry(tx, request.id)))
