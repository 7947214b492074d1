"""OrderService over gRPC: proto -> action -> proto."""

from uuid import UUID

from observability.telemetry import current_span
from services.branding.keys import links, sealing
from services.branding.orders import actions, store
from services.branding.orders.actions import Shown
from services.branding.orders.views import view
from services.branding.refunds.views import view as refund_view
from services.branding.resources import Brought, resources, secret_of, signer_of
from services.branding.tickets.views import view as ticket_view
from services.kit.database import Transaction
from services.kit.database.idempotency import Claim
from services.kit.errors import DomainError
from services.kit.rpc import Call, after, rpc
from smartcity.branding.v1 import orders_pb2 as pb


@rpc
async def create(call: Call, request: pb.CreateOrderRequest) -> pb.CreateOrderResponse:
    """Orders, in one commit with whoever orders at the same time."""
    signer_of(call.runtime)
    claim = Claim(call.caller.subject, request.request_id, call.request, call.runtime.masking)
    group = resources(call.runtime).orders
    assert group is not None
    answer = await group.submit(Brought(claim, request, call.caller, current_span().traceparent))
    if isinstance(answer, DomainError):
        raise answer
    return pb.CreateOrderResponse.FromString(answer)


@after(create)
async def with_link_key(call: Call, answer: pb.CreateOrderResponse) -> pb.CreateOrderResponse:
    """Adds the link key, which the kept answer does not hold, and the tickets of what cost nothing."""
    id_ = UUID(answer.order.id)
    if answer.order.state == pb.ORDER_STATE_PAID:
        async with call.snapshot() as tx:
            found = await store.get(tx, id_)
            assert found is not None, "orders stay"
            answer.order.CopyFrom(_view(tx, await actions.shown(tx, found)))
    answer.link_key = links.of_order(secret_of(call.runtime), id_)
    return answer


@rpc
async def read(tx: Transaction, request: pb.GetOrderRequest) -> pb.GetOrderResponse:
    """Reads an order."""
    return pb.GetOrderResponse(order=_view(tx, await actions.get(tx, request.code, request.link_key)))


@rpc
async def page(tx: Transaction, request: pb.ListOrdersRequest) -> pb.ListOrdersResponse:
    """Lists the caller's own."""
    found, token = await actions.page(tx, request.page_size, request.page_token)
    return pb.ListOrdersResponse(orders=[_view(tx, one) for one in found], next_page_token=token)


@rpc
async def cancel(tx: Transaction, request: pb.CancelOrderRequest) -> pb.CancelOrderResponse:
    """Gives an order up."""
    shown = _view(tx, await actions.cancel(tx, request.code, request.link_key, request.etag))
    shown.holder = ""  # this answer is kept
    return pb.CancelOrderResponse(order=shown)


@after(cancel)
async def with_name(call: Call, answer: pb.CancelOrderResponse) -> pb.CancelOrderResponse:
    """Adds the name, which the kept answer does not hold."""
    async with call.snapshot() as tx:
        found = await store.get(tx, UUID(answer.order.id))
    assert found is not None, "orders stay"
    answer.order.holder = sealing.unseal(secret_of(call.runtime), found.id, found.sealed)
    return answer


def _view(tx: Transaction, one: Shown) -> pb.Order:
    """An order for who made it: tickets that others have now are told without what lets in."""
    shown = view(tx, one.order, one.lines, one.sale, one.types, one.seats, gated=one.gated)
    for held in one.tickets:
        ticket = ticket_view(
            tx, held.ticket, held.sale, held.type, own=held.own, passed_on=held.passed_on, shut=held.shut,
            gone=held.gone, gates_from=held.gates_from, left=one.left,
        )  # fmt: skip
        shown.tickets.append(ticket)
    shown.refunds.extend(refund_view(tx, each) for each in one.refunds)
    return shown
