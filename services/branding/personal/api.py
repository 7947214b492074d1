"""OwnRecordService over gRPC: what branding keeps of who asks, for their export."""

from functools import partial

from services.branding.keys import sealing
from services.branding.personal import store
from services.branding.resources import resources
from services.kit import personal
from services.kit.database import Transaction
from services.kit.rpc import rpc
from smartcity.branding.v1 import own_records_pb2 as pb


@rpc
async def export(tx: Transaction, request: pb.ListOwnRecordsRequest) -> pb.ListOwnRecordsResponse:
    """Lists it, with the names on tickets."""
    unseal = partial(sealing.unseal, resources(tx.runtime).secret or b"")
    return pb.ListOwnRecordsResponse(records=await personal.export(tx, store.KEPT, store.DEEDS, unseal))
