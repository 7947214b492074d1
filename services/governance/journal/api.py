"""The journal of IncidentService over gRPC: proto -> action -> proto."""

from services.governance.journal import actions, views
from services.kit.database import Transaction
from services.kit.rpc import rpc
from smartcity.governance.v1 import incidents_pb2 as pb


@rpc
async def entries(tx: Transaction, request: pb.ListDispatchEntriesRequest) -> pb.ListDispatchEntriesResponse:
    """Lists lines after a number."""
    found, last = await actions.after(tx, request.after, request.page_size)
    return pb.ListDispatchEntriesResponse(entries=map(views.entry, found), last=last)
