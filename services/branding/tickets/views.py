"""Tickets as messages."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from services.branding.keys import links, sealing
from services.branding.resources import secret_of, signer_of
from services.branding.sales.model import Sale, TicketType
from services.branding.terms.money import money
from services.branding.tickets import model
from services.branding.tickets.actions import Held
from services.branding.tickets.model import State, Ticket
from services.kit.database import Transaction
from services.kit.rpc import etag, protos
from smartcity.branding.v1 import tickets_pb2 as pb
from smartcity.branding.v1.ticket_sales_pb2 import TicketSaleState


def view(
    tx: Transaction,
    one: Ticket,
    sale: Sale,
    type_: TicketType,
    *,
    own: bool,
    passed_on: bool = False,
    order: str = "",
    shut: bool,
    gone: bool,
    gates_from: datetime | None = None,
    left: Mapping[UUID, int],
) -> pb.Ticket:
    """A ticket; ``own`` is for who has it in hand: with its name and what its QR code holds; ``passed_on`` for who
    passed it on, until it is taken over. ``order`` is the code of its order, for who made that; ``shut`` whether its
    place lets nobody in on its day, ``gone`` on any; ``gates_from`` when gates begin to let it in; ``left`` what can go
    back of orders, where something was given back by hand.
    """
    secret, zone = secret_of(tx.runtime), tx.runtime.city.timezone
    good, offers = own and one.state is State.VALID, passed_on and one.state is State.VALID
    first, last = one.days(sale, zone)
    moved, used = model.put_off(one, sale), model.used(one, sale, zone)
    at_gates = gates_from is not None and gates_from <= tx.now < sale.over(one.first_day, zone)
    acts = own and not at_gates
    refund = model.refundable(one, sale, type_, zone, tx.now, shut=shut) if acts else None
    until = model.refundable_until(one, sale, type_, zone, shut=shut, gates_from=gates_from) if own else None
    return pb.Ticket(
        code=one.code,
        state=protos.number(pb.TicketState, one.state),
        sale=str(sale.id),
        title_id=sale.title_id,
        title_en=sale.title_en,
        venue=sale.venue,
        sale_state=protos.number(TicketSaleState, sale.state),
        sale_note=sale.note,
        type=str(type_.id),
        type_id=type_.name_id,
        type_en=type_.name_en,
        first_day=str(first),
        last_day=str(last),
        start_time=protos.timestamp(sale.starts_at),
        end_time=protos.timestamp(sale.ends_at),
        all_day=sale.all_day(zone),
        price=money(tx, one.price),
        holder=sealing.unseal(secret, one.id, one.sealed) if own else "",
        token=signer_of(tx.runtime).sign(one.code, one.generation, one.seats) if good else "",
        admissions=one.admissions if used else 0,
        admitted_day=str(one.admitted_day or "") if used else "",
        own=own,
        etag=etag.of(one.version),
        hands=one.hands,
        refund=None if refund is None else money(tx, min(refund, left.get(one.order_id, refund))),
        qr_only=one.generation > 1,
        returned=money(tx, one.returned) if one.state is State.CANCELLED else None,
        order=order,
        changeable=good
        and acts
        and not used
        and model.changeable(one, sale, type_, zone, tx.now, shut=shut, gone=gone),
        offered=one.offered,
        link_key=links.of_ticket(secret, one.id, one.hands - passed_on) if own or passed_on else "",
        offer_key=links.of_offer(secret, one.id, one.hands, one.recalls) if offers else "",
        moved=moved,
        day_before=str(one.first_day) if moved and one.first_day != first else "",
        closed=shut and not used,
        at_gates=good and at_gates and not used,
        refund_until=protos.timestamp(until),
        destination=sale.destination,
        event=sale.event_code,
    )


def change(tx: Transaction, held: Held, wanted: TicketType, left: Mapping[UUID, int]) -> pb.TicketChange:
    """A type that a ticket can be changed for; ``left`` as above."""
    back = model.returned_by_change(held.ticket, held.sale, held.type, wanted.price, shut=held.shut)
    return pb.TicketChange(
        type=str(wanted.id),
        name_id=wanted.name_id,
        name_en=wanted.name_en,
        price=money(tx, wanted.price),
        refund=money(tx, min(back, left.get(held.ticket.order_id, back))),
    )
