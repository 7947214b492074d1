"""Builds the events of orders, and asks economy for their money. Nothing personal but the buyer's subject: economy lets
them take no cash of it in office, and give none back.
"""

from datetime import datetime

from google.protobuf.message import Message

from services.branding.orders.model import Order
from services.branding.sales.model import Sale
from services.kit.database import Transaction
from services.kit.rpc import protos
from smartcity.branding.v1 import ticket_events_pb2 as pb
from smartcity.types.v1 import payments_pb2
from smartcity.types.v1.money_pb2 import Money

PURPOSE = "ticket"


def placed(tx: Transaction, order: Order, sale: Sale, until: datetime, traceparent: str | None = None) -> None:
    """Seats are held; economy is asked for the money, which may come until then."""
    told = pb.OrderPlaced(
        id=str(order.id), sale=str(order.sale), quantity=order.quantity, amount=_money(tx, order.amount)
    )
    _emit(tx, order, told, traceparent)
    if not order.amount:
        issued(tx, order, traceparent)
        return
    tickets = "ticket" if order.quantity == 1 else "tickets"
    asked = payments_pb2.PaymentRequested(
        request=order.request,
        amount=_money(tx, order.amount),
        purpose=PURPOSE,
        description=f"{order.quantity} tiket, {sale.title_id}"[:140],
        description_en=f"{order.quantity} {tickets}, {sale.title_en or sale.title_id}"[:140],
        agency=sale.agency,
        payer="",
        buyer=order.buyer,
        expire_time=protos.timestamp(until),
    )
    _emit(tx, order, asked, traceparent)


def withdrawn(tx: Transaction, order: Order) -> None:
    """Economy need not take its money any more."""
    _emit(tx, order, payments_pb2.PaymentRequestWithdrawn(request=order.request, reason=order.reason))


def issued(tx: Transaction, order: Order, traceparent: str | None = None) -> None:
    """Its tickets are there."""
    told = pb.TicketsIssued(
        order=str(order.id), sale=str(order.sale), quantity=order.quantity, amount=_money(tx, order.amount)
    )
    _emit(tx, order, told, traceparent)


def ended(tx: Transaction, order: Order) -> None:
    """It is over without tickets."""
    _emit(tx, order, pb.OrderEnded(id=str(order.id), sale=str(order.sale), reason=order.reason))


def _emit(tx: Transaction, order: Order, message: Message, traceparent: str | None = None) -> None:
    tx.emit(
        message,
        aggregate=str(order.id),
        version=order.version,
        correlation=str(order.id),
        traceparent=traceparent,
    )


def _money(tx: Transaction, units: int) -> Money:
    return Money(currency=tx.runtime.city.currency, units=units)
