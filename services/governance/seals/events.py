"""Builds the events of receipts."""

from google.protobuf.timestamp_pb2 import Timestamp

from services.governance.seals.model import Seal
from smartcity.governance.v1 import events_pb2


def day_sealed(seal: Seal) -> events_pb2.ReceiptDaySealed:
    """The day's seal for everybody to keep: who has it finds whoever rewrites that day."""
    at = Timestamp()
    at.FromDatetime(seal.at)
    return events_pb2.ReceiptDaySealed(
        day=seal.day.isoformat(),
        heads=len(seal.leaves),
        root=seal.root.hex(),
        previous=seal.previous.hex(),
        key_id=seal.key_id,
        signature=seal.signature,
        at=at,
    )
