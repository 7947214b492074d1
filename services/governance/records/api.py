"""ComplaintService over gRPC, what is read: one complaint, and the officers' list."""

from services.governance.keys.acting import is_token
from services.governance.records import actions, views
from services.governance.records.model import Filter
from services.governance.states.model import State
from services.kit.database import Transaction
from services.kit.rpc import Call, one_statement, protos, rpc
from smartcity.governance.v1 import complaints_pb2 as pb


@rpc
async def read(call: Call, request: pb.GetComplaintRequest) -> pb.GetComplaintResponse:
    """Shows of it what the caller may see. Errors: COMPLAINT_NOT_FOUND."""
    # One statement does, but for who comes by a mailed link: that has to be looked at too.
    opened = call.snapshot if is_token(request.link_key) else call.statement
    async with opened() as tx:
        found = await actions.get(tx, request.code, request.link_key)
    return pb.GetComplaintResponse(complaint=views.complaint(found, call.runtime.city))


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
        evidence=request.evidence,
        warning=request.warning,
    )
    records, token = await actions.page(tx, wanted, request.page_size, request.page_token)
    return pb.ListComplaintsResponse(
        complaints=[views.complaint(record, tx.runtime.city) for record in records], next_page_token=token
    )
