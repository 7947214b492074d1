"""Seals as everybody may see them: model -> proto."""

from services.governance.seals.model import Signed
from services.kit.rpc import protos
from smartcity.governance.v1 import receipts_pb2 as pb


def seal(found: Signed) -> pb.Seal:
    """A seal as the contract writes it."""
    return pb.Seal(
        day=found.day.isoformat(),
        heads=found.heads,
        root=found.root.hex(),
        previous=found.previous.hex(),
        at=protos.timestamp(found.at),
        key_id=found.key_id,
        signature=found.signature,
    )
