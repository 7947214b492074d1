"""Builds the event messages of money in suspense, and puts them into the transaction. Nothing personal."""

from google.protobuf.message import Message

from services.economy import money
from services.economy.suspense.model import Item
from services.kit.database import Transaction
from services.kit.rpc import protos
from smartcity.economy.v1 import events_pb2
from smartcity.economy.v1 import payments_pb2 as pb


def emit(tx: Transaction, item: Item, message: Message) -> None:
    """Emits an event of money in suspense, under the correlation of its payment if it has one."""
    tx.emit(
        message,
        aggregate=str(item.id),
        version=item.version,
        correlation=item.correlation,
        exercise=item.exercise,
    )


def suspended(item: Item) -> events_pb2.MoneySuspended:
    """Money came that belongs to nothing known."""
    return events_pb2.MoneySuspended(
        id=str(item.id),
        reason=protos.number(pb.SuspenseReason, item.reason),
        amount=money.to_proto(item.amount, item.currency),
    )


def released(item: Item) -> events_pb2.SuspenseReleased:
    """It was moved to where it belongs."""
    return events_pb2.SuspenseReleased(id=str(item.id), amount=money.to_proto(item.amount, item.currency))
