"""Builds the events of sales."""

from services.branding.sales.model import Sale
from services.kit.database import Transaction
from smartcity.branding.v1 import ticket_events_pb2 as pb


def opened(tx: Transaction, sale: Sale) -> None:
    """Tickets are sold for something."""
    told = pb.TicketSaleOpened(
        sale=str(sale.id), occasion=str(sale.occasion or ""), destination=sale.destination, agency=sale.agency
    )
    tx.emit(told, aggregate=str(sale.id), version=sale.version, correlation=str(sale.id))
