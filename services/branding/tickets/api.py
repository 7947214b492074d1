"""TicketService over gRPC: proto -> action -> proto."""

from services.branding.refunds import store as refunds
from services.branding.tickets import actions
from services.branding.tickets.views import change, view
from services.kit.database import Transaction
from services.kit.rpc import rpc
from smartcity.branding.v1 import tickets_pb2 as pb


@rpc
async def read(tx: Transaction, request: pb.GetTicketRequest) -> pb.GetTicketResponse:
    """Reads a ticket."""
    held = await actions.get(tx, request.code, request.link_key)
    left = await refunds.left(tx, [held.ticket.order_id] if held.own else [])
    shown = view(
        tx, held.ticket, held.sale, held.type, own=held.own, passed_on=held.passed_on, order=held.order,
        shut=held.shut, gone=held.gone, gates_from=held.gates_from, left=left,
    )  # fmt: skip
    changes = [change(tx, held, one, left) for one in await actions.changes(tx, held)]
    return pb.GetTicketResponse(ticket=shown, changes=changes)
