"""Refunds as messages."""

from services.branding.refunds.model import Refund
from services.branding.terms.money import money
from services.kit.database import Transaction
from services.kit.rpc import protos
from smartcity.branding.v1 import tickets_pb2 as pb


def view(tx: Transaction, one: Refund) -> pb.TicketRefund:
    """A refund."""
    return pb.TicketRefund(
        id=str(one.id),
        state=protos.number(pb.TicketRefundState, one.state),
        cause=protos.number(pb.TicketRefundCause, one.told),
        amount=money(tx, one.amount),
        order=one.order_code,
        reason=one.reason,
        create_time=protos.timestamp(one.created_at),
    )
