"""OwnRecordService over gRPC: what economy keeps of who asks, for their export."""

from functools import partial

from services.economy.permit_following import actions as permit_following
from services.economy.permits import names
from services.economy.personal import store
from services.kit import personal
from services.kit.database import Transaction
from services.kit.rpc import rpc
from smartcity.economy.v1 import own_records_pb2 as pb


@rpc
async def export(tx: Transaction, request: pb.ListOwnRecordsRequest) -> pb.ListOwnRecordsResponse:
    """Lists it."""
    mailed = await permit_following.addresses_of(tx, tx.caller.subject, personal.MOST)
    records = await personal.export(tx, store.KEPT, store.DEEDS, partial(names.opened, tx.runtime))
    return pb.ListOwnRecordsResponse(records=[*records, *(personal.record("permit_mails", one) for one in mailed)])
