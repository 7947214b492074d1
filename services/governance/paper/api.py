"""The paper forms of EmergencyCallService over gRPC: proto -> action -> proto."""

from services.governance.paper import actions
from services.governance.paper.store import Reserved
from services.kit.database import Transaction
from services.kit.numbers import typed
from services.kit.rpc import protos, rpc
from smartcity.governance.v1 import emergency_calls_pb2 as pb

_LONGEST = 18


@rpc
async def reserve(tx: Transaction, request: pb.ReservePaperNumbersRequest) -> pb.ReservePaperNumbersResponse:
    """Reserves numbers."""
    return pb.ReservePaperNumbersResponse(numbers=map(_view, await actions.reserve(tx, request.count)))


@rpc
async def page(tx: Transaction, request: pb.ListPaperNumbersRequest) -> pb.ListPaperNumbersResponse:
    """Lists those that wait."""
    found = await actions.page(tx, request.page_size, request.page_token)
    return pb.ListPaperNumbersResponse(numbers=map(_view, found.rows), next_page_token=found.token)


@rpc
async def void(tx: Transaction, request: pb.VoidPaperNumberRequest) -> pb.VoidPaperNumberResponse:
    """Gives one up."""
    number = typed(request.number, _LONGEST) or 0
    return pb.VoidPaperNumberResponse(next=await actions.void(tx, number, request.reason))


def _view(one: Reserved) -> pb.PaperNumber:
    return pb.PaperNumber(number=one.number, reserve_time=protos.timestamp(one.reserved_at))
