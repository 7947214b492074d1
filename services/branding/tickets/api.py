"""TicketService over gRPC: proto -> action -> proto."""

from services.branding.tickets import actions
from services.branding.tickets.views import view
from services.kit.database import Transaction
from services.kit.rpc import rpc
from smartcity.branding.v1 import tickets_pb2 as pb


@rpc
async def read(tx: Transaction, request: pb.GetTicketRequest) -> pb.GetTicketResponse:
    """Reads a ticket."""
    held = await actions.get(tx, request.code, request.link_key)
    return pb.GetTicketResponse(ticket=view(tx, held.ticket, held.sale, held.type, own=held.own, order=held.order))
