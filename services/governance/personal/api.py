"""OwnRecordService over gRPC: what governance keeps of who asks, for their export."""

from services.governance.contacts import actions as contacts
from services.governance.personal import store
from services.kit import personal
from services.kit.database import Transaction
from services.kit.rpc import rpc
from smartcity.governance.v1 import own_records_pb2 as pb
from smartcity.types.v1.own_records_pb2 import OwnRecord


@rpc
async def export(tx: Transaction, request: pb.ListOwnRecordsRequest) -> pb.ListOwnRecordsResponse:
    """Lists it."""
    records = await personal.export(tx, store.KEPT, store.DEEDS)
    return pb.ListOwnRecordsResponse(records=[*records, *await _contacts(tx)])


async def _contacts(tx: Transaction) -> list[OwnRecord]:
    """How the caller can be reached, as they gave it: no read to write down."""
    found = []
    for code, subject in await store.given(tx, tx.caller.subject):
        one = await contacts.address(tx, subject)
        if one is not None:
            fields = {"complaint": code, "name": one.name, "email": one.email, "phone": one.phone}
            found.append(personal.record("contacts", fields))
    return found
