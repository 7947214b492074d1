"""Builds the event messages of bills."""

from services.economy.levies.model import Bill
from services.economy.money import to_proto
from services.kit.rpc import protos
from smartcity.economy.v1 import events_pb2, levies_pb2, payments_pb2


def issued(bill: Bill) -> events_pb2.BillIssued:
    """A levy is due."""
    return events_pb2.BillIssued(
        number=bill.number,
        tariff=bill.tariff,
        amount=to_proto(bill.amount, bill.currency),
        area=bill.area,
        due_time=protos.timestamp(bill.due_at),
    )


def paid(bill: Bill, receipt: str, method: "payments_pb2.PaymentMethod.ValueType") -> events_pb2.BillPaid:
    """A levy was paid, and its receipt issued."""
    return events_pb2.BillPaid(
        number=bill.number, receipt=receipt, amount=to_proto(bill.amount, bill.currency), method=method
    )


def cancelled(bill: Bill) -> events_pb2.BillCancelled:
    """A levy need not be paid: cancelled, or paid and given back."""
    state = levies_pb2.BillState.Value(f"BILL_STATE_{bill.state.name}")
    return events_pb2.BillCancelled(number=bill.number, state=state)
