"""The shifts of IncidentService over gRPC: proto -> action -> proto."""

from services.governance.shifts import actions
from services.governance.shifts.model import Handover
from services.kit.database import Transaction
from services.kit.rpc import etag, protos, rpc
from smartcity.governance.v1 import incidents_pb2 as pb


@rpc
async def hand_over(tx: Transaction, request: pb.HandOverShiftRequest) -> pb.HandOverShiftResponse:
    """Hands one over."""
    return pb.HandOverShiftResponse(handover=_view(tx, await actions.hand_over(tx, request.note)))


@rpc
async def take_over(tx: Transaction, request: pb.TakeOverShiftRequest) -> pb.TakeOverShiftResponse:
    """Takes one over."""
    return pb.TakeOverShiftResponse(handover=_view(tx, await actions.take_over(tx, request.id, request.etag)))


@rpc
async def page(tx: Transaction, request: pb.ListShiftHandoversRequest) -> pb.ListShiftHandoversResponse:
    """Lists them."""
    found = await actions.page(tx, request.page_size, request.page_token)
    return pb.ListShiftHandoversResponse(
        handovers=[_view(tx, one) for one in found.rows], next_page_token=found.token
    )  # fmt: skip


def _view(tx: Transaction, one: Handover) -> pb.ShiftHandover:
    return pb.ShiftHandover(
        id=str(one.id),
        note=one.note,
        open_incidents=one.open_incidents,
        busy_units=one.busy_units,
        unanswered=one.unanswered,
        create_time=protos.timestamp(one.created_at),
        accept_time=protos.timestamp(one.accepted_at),
        mine=one.by == tx.caller.subject,
        etag=etag.of(one.version),
    )
