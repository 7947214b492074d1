"""ComplaintService over gRPC, what is read: one complaint, and the officers' list."""

from services.governance.records import actions, views
from services.governance.records.model import Filter
from services.governance.states.model import State
from services.kit.database import Transaction
from services.kit.rpc import one_statement, protos, rpc
from smartcity.governance.v1 import complaints_pb2 as pb


@rpc
@one_statement
async def read(tx: Transaction, request: pb.GetComplaintRequest) -> pb.GetComplaintResponse:
    """Shows of it what the caller may see. Errors: COMPLAINT_NOT_FOUND."""
    found = await actions.get(tx, request.code, request.link_key)
    return pb.GetComplaintResponse(complaint=views.complaint(found, tx.runtime.city))


@rpc
@one_statement
async def page(tx: Transaction, request: pb.ListComplaintsRequest) -> pb.ListComplaintsResponse:
    """Officers get those of their agency, the most urgent first. Errors: those of `actions.page`."""
    wanted = Filter(
        states=protos.members(pb.ComplaintState, request.states, State),
        agency=request.agency,
        category=request.category,
        area=request.area_code,
        overdue=request.overdue,
        code=request.code,
    )
    records, token = await actions.page(tx, wanted, request.page_size, request.page_token)
    return pb.ListComplaintsResponse(
        complaints=[views.complaint(record, tx.runtime.city) for record in records], next_page_token=token
    )
