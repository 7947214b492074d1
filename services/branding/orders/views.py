"""Orders as messages."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from services.branding.keys import sealing
from services.branding.orders import model
from services.branding.orders.deciding import Taken
from services.branding.orders.model import Line, Order
from services.branding.resources import secret_of
from services.branding.sales import actions as selling
from services.branding.sales.model import Sale, Seats, TicketType
from services.branding.terms.money import money
from services.branding.terms.profile import of_sold
from services.kit.database import Transaction
from services.kit.rpc import etag, protos
from smartcity.branding.v1 import orders_pb2 as pb
from smartcity.branding.v1.ticket_sales_pb2 import TicketSaleState


def placed(
    tx: Transaction, taken: Taken, sale: Sale, types: Mapping[UUID, TicketType], seats: Mapping[UUID, Seats], *,
    gated: bool,
) -> pb.Order:  # fmt: skip
    """An order that was taken just now, without the name: this answer is kept."""
    return view(tx, replace(taken.order, sealed=None), taken.lines, sale, types, seats, gated=gated)


def view(
    tx: Transaction,
    order: Order,
    lines: Sequence[Line],
    sale: Sale,
    types: Mapping[UUID, TicketType],
    seats: Mapping[UUID, Seats],
    *,
    gated: bool,
) -> pb.Order:
    """An order for who made it; its tickets and refunds are added by who has read them. ``gated`` is whether gates of
    its sale were opened.
    """
    zone = tx.runtime.city.timezone
    until = model.pay_until(order, lines, sale, seats, zone, of_sold(tx.runtime.city).pays)
    return pb.Order(
        code=order.code,
        state=protos.number(pb.OrderState, order.state),
        sale=str(sale.id),
        title_id=sale.title_id,
        title_en=sale.title_en,
        venue=sale.venue,
        sale_state=protos.number(TicketSaleState, sale.state),
        sale_note=sale.note,
        start_time=protos.timestamp(sale.starts_at),
        all_day=sale.all_day(zone),
        destination=sale.destination,
        event=sale.event_code,
        lines=[_line(tx, order, one, sale, types[one.type], seats[one.seats], gated=gated) for one in lines],
        amount=money(tx, order.amount),
        payment=order.payment,
        hold_time=protos.timestamp(order.hold_until),
        reason=order.reason,
        create_time=protos.timestamp(order.created_at),
        holder=sealing.unseal(secret_of(tx.runtime), order.id, order.sealed),
        etag=etag.of(order.version),
        id=str(order.id),
        moved=_put_off(order, sale),
        payable=order.payable(until, tx.now),
    )


def _put_off(order: Order, sale: Sale) -> bool:
    return sale.moved_at is not None and order.created_at < sale.moved_at


def _line(
    tx: Transaction, order: Order, one: Line, sale: Sale, type_: TicketType, seats: Seats, *, gated: bool
) -> pb.OrderLine:
    zone = tx.runtime.city.timezone
    first, _ = sale.days(zone) or (seats.day, seats.day)
    moved = _put_off(order, sale)
    since = selling.gates_from(tx, sale, seats.day, moved=moved) if gated else None
    until = type_.refund_until(one.price, sale.begins(seats.day, zone), moved=moved, gates_from=since)
    return pb.OrderLine(
        type=str(type_.id),
        name_id=type_.name_id,
        name_en=type_.name_en,
        day=str(first),
        quantity=one.quantity,
        price=money(tx, one.price),
        refund_until=protos.timestamp(until),
    )
