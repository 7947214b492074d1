"""Sales as messages."""

from services.branding.sales.actions import Offer
from services.branding.sales.model import TicketType
from services.branding.terms.money import money
from services.kit.database import Transaction
from services.kit.rpc import etag, protos
from smartcity.branding.v1 import ticket_sales_pb2 as pb


def view(tx: Transaction, offer: Offer) -> pb.TicketSale:
    """A sale with its types."""
    sale = offer.sale
    return pb.TicketSale(
        id=str(sale.id),
        state=protos.number(pb.TicketSaleState, sale.state),
        agency=sale.agency,
        occasion=str(sale.occasion or ""),
        event=sale.event_code,
        moved=sale.moved,
        destination=sale.destination,
        title_id=sale.title_id,
        title_en=sale.title_en,
        venue=sale.venue,
        start_time=protos.timestamp(sale.starts_at),
        end_time=protos.timestamp(sale.ends_at),
        all_day=sale.all_day(tx.runtime.city.timezone),
        day_refused=offer.refused,
        open_time=protos.timestamp(sale.opens_at),
        waiting_room=sale.waiting_room,
        types=[_type(tx, offer, one) for one in offer.types],
        note=sale.note,
        etag=etag.of(sale.version),
    )


def _type(tx: Transaction, offer: Offer, one: TicketType) -> pb.TicketType:
    begins, gates = offer.sale.begins(offer.day, tx.runtime.city.timezone), offer.gates_from
    return pb.TicketType(
        id=str(one.id),
        name_id=one.name_id,
        name_en=one.name_en,
        price=money(tx, one.price),
        quota=one.quota,
        left=offer.left(one),
        most=one.most,
        open=one.open,
        admission=protos.number(pb.TicketAdmission, one.admission),
        reentry=protos.number(pb.TicketReentry, one.reentry),
        gates=one.gates,
        refund_hours=one.refund_hours,
        refund_percent=one.refund_percent,
        returnable=one.refund(one.price, begins, tx.now) is not None and (gates is None or tx.now < gates),
        refund_until=protos.timestamp(one.refund_until(one.price, begins, gates_from=gates)),
        etag=etag.of(one.version),
    )
