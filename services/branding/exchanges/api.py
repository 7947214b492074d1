"""The exchanges of TicketService over gRPC: proto -> action -> proto."""

from services.branding.exchanges import actions
from services.branding.keys import links
from services.branding.refunds import store as refunds
from services.branding.resources import secret_of
from services.branding.terms import days
from services.branding.tickets import store
from services.branding.tickets.actions import Held, awaited
from services.branding.tickets.model import Ticket
from services.branding.tickets.views import view
from services.kit.database import Transaction
from services.kit.rpc import Call, after, etag, rpc
from smartcity.branding.v1 import tickets_pb2 as pb


@rpc
async def transfer(tx: Transaction, request: pb.TransferTicketRequest) -> pb.TransferTicketResponse:
    """Passes a ticket on."""
    done = await actions.transfer(tx, request.code, request.link_key, request.etag, request.holder)
    return pb.TransferTicketResponse(ticket=await _view(tx, done))


@after(transfer)
async def with_link_key(call: Call, answer: pb.TransferTicketResponse) -> pb.TransferTicketResponse:
    """Adds the key by which it is taken over, which the kept answer does not hold; none to a repeat that comes when it
    went on already: what was called in never holds again.
    """
    one = await _ticket(call, answer.ticket)
    if etag.of(one.version) == answer.ticket.etag:
        answer.link_key = links.of_offer(secret_of(call.runtime), one.id, answer.ticket.hands, one.recalls)
    return answer


@rpc
async def recall(tx: Transaction, request: pb.RecallTicketRequest) -> pb.RecallTicketResponse:
    """Takes back a ticket that nobody has taken over."""
    done = await actions.recall(tx, request.code, request.link_key, request.etag)
    return pb.RecallTicketResponse(ticket=await _view(tx, done))


@rpc
async def take_over(tx: Transaction, request: pb.TakeTicketOverRequest) -> pb.TakeTicketOverResponse:
    """Takes over a ticket that was passed on."""
    done = await actions.take_over(tx, request.code, request.link_key, request.etag)
    return pb.TakeTicketOverResponse(ticket=await _view(tx, done))


@after(take_over)
async def with_own_key(call: Call, answer: pb.TakeTicketOverResponse) -> pb.TakeTicketOverResponse:
    """Adds the key of who has it now, which the kept answer does not hold."""
    one = await _ticket(call, answer.ticket)
    answer.link_key = links.of_ticket(secret_of(call.runtime), one.id, answer.ticket.hands)
    return answer


@rpc
async def change(tx: Transaction, request: pb.ChangeTicketRequest) -> pb.ChangeTicketResponse:
    """Changes a ticket."""
    done = await actions.change(tx, request.code, request.link_key, request.etag, request.type, days.read(request.day))
    return pb.ChangeTicketResponse(ticket=await _view(tx, done))


@rpc
async def cancel(tx: Transaction, request: pb.CancelTicketRequest) -> pb.CancelTicketResponse:
    """Gives a ticket back."""
    done = await actions.cancel(tx, request.code, request.link_key, request.etag)
    return pb.CancelTicketResponse(ticket=await _view(tx, done))


async def _ticket(call: Call, ticket: pb.Ticket) -> Ticket:
    async with call.snapshot() as tx:
        found = await store.by_code(tx, ticket.code)
    assert found is not None, "tickets stay"
    return found


async def _view(tx: Transaction, held: Held) -> pb.Ticket:
    """Without what opens it: this answer is kept."""
    # As it is after what was done: gates of another date may let it in now, and who has it again is held to theirs.
    held = await awaited(tx, held)
    left = await refunds.left(tx, [held.ticket.order_id])
    shown = view(
        tx, held.ticket, held.sale, held.type, own=held.own, shut=held.shut, gone=held.gone,
        gates_from=held.gates_from, left=left,
    )  # fmt: skip
    shown.holder = shown.token = shown.link_key = shown.offer_key = ""
    return shown
