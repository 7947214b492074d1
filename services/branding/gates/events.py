"""Builds the events of gates. Nobody is named."""

from services.branding.gates.model import Gate, Scan
from services.branding.sales.model import Sale
from services.branding.tickets.model import Ticket
from services.kit.database import Transaction
from services.kit.rpc import protos
from smartcity.branding.v1 import ticket_events_pb2 as pb


def admitted(tx: Transaction, scan: Scan, ticket: Ticket, sale: Sale, gate: Gate) -> None:
    """A ticket let somebody in for the first time on a day. No event follows a ticket."""
    told = pb.TicketAdmitted(
        sale=str(sale.id),
        occasion=str(sale.occasion or ""),
        event=sale.event_code,
        destination=sale.destination,
        type=str(ticket.type),
        day=str(scan.day),
        gate=gate.name,
        time=protos.timestamp(scan.at),
    )
    tx.emit(told, aggregate=str(scan.id), version=1, correlation=str(ticket.order_id))
