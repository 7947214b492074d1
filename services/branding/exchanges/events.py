"""Builds the events of tickets that are taken back."""

from uuid import UUID

from services.branding.refunds.model import Cause
from services.branding.terms.money import money
from services.kit.database import Transaction
from smartcity.branding.v1 import ticket_events_pb2 as pb


def refunded(tx: Transaction, sale: UUID, about: str, quantity: int, amount: int, cause: Cause) -> None:
    """Tickets were taken back."""
    told = pb.TicketsRefunded(sale=str(sale), quantity=quantity, amount=money(tx, amount), cause=cause.value)
    tx.emit(told, aggregate=about, version=1, correlation=str(sale))
