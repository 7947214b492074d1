"""Builds the event messages of reconciliation."""

from services.economy.reconciliation.model import Difference
from smartcity.economy.v1 import events_pb2, settlement_pb2


def difference_found(difference: Difference) -> events_pb2.DifferenceFound:
    """The acquirer's books and ours differ."""
    kind = settlement_pb2.DifferenceKind.Value(f"DIFFERENCE_KIND_{difference.kind.name}")
    return events_pb2.DifferenceFound(id=str(difference.id), day=difference.day.isoformat(), kind=kind)
