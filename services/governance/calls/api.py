"""EmergencyCallService over gRPC: proto -> action -> proto."""

from services.governance.callers import actions as callers
from services.governance.callers.model import Caller, Read
from services.governance.calls import actions, store
from services.governance.calls.model import Call, Closing, State
from services.kit.database import Transaction
from services.kit.rpc import etag, protos, rpc
from smartcity.governance.v1 import emergency_calls_pb2 as pb


@rpc
async def read(tx: Transaction, request: pb.GetEmergencyCallRequest) -> pb.GetEmergencyCallResponse:
    """Reads one."""
    return pb.GetEmergencyCallResponse(call=_view(tx, await actions.known(tx, request.id)))


@rpc
async def page(tx: Transaction, request: pb.ListEmergencyCallsRequest) -> pb.ListEmergencyCallsResponse:
    """Lists them, the newest or the oldest first; in that order it is told how many there are, if there are more."""
    states, oldest = protos.members(pb.EmergencyCallState, request.states, State), request.oldest_first
    found = await store.page(tx, states, request.page_size, request.page_token, oldest=oldest)
    total = await store.count(tx, states) if oldest and found.token else 0
    return pb.ListEmergencyCallsResponse(
        calls=[_view(tx, one) for one in found.rows], next_page_token=found.token, total_size=total
    )  # fmt: skip


@rpc
async def create(tx: Transaction, request: pb.CreateEmergencyCallRequest) -> pb.CreateEmergencyCallResponse:
    """Takes one."""
    at = (request.location.lon, request.location.lat) if request.HasField("location") else None
    made = await actions.take(
        tx, request.words, request.name, request.phone, (at, request.area_code, request.place),
        exercise=request.exercise, paper_number=request.paper_number,
        received=protos.instant(request.receive_time) if request.HasField("receive_time") else None,
    )  # fmt: skip
    unclear = Caller(request.name, request.phone).phone_unclear
    lost = bool(request.name or request.phone) and not made.has_caller
    return pb.CreateEmergencyCallResponse(call=_view(tx, made), phone_unclear=unclear, caller_not_kept=lost)


@rpc
async def link(tx: Transaction, request: pb.LinkEmergencyCallRequest) -> pb.LinkEmergencyCallResponse:
    """Joins one to an incident."""
    done = await actions.link(tx, request.id, request.etag, request.incident)
    return pb.LinkEmergencyCallResponse(call=_view(tx, done))


@rpc
async def unlink(tx: Transaction, request: pb.UnlinkEmergencyCallRequest) -> pb.UnlinkEmergencyCallResponse:
    """Takes one out of its incident."""
    return pb.UnlinkEmergencyCallResponse(call=_view(tx, await actions.unlink(tx, request.id, request.etag)))


@rpc
async def close(tx: Transaction, request: pb.CloseEmergencyCallRequest) -> pb.CloseEmergencyCallResponse:
    """Closes one that is no incident."""
    closing = protos.member(pb.EmergencyCallClosing, request.closing, Closing)
    done = await actions.close(tx, request.id, request.etag, closing, request.complaint, request.place)
    return pb.CloseEmergencyCallResponse(call=_view(tx, done))


@rpc
async def reopen(tx: Transaction, request: pb.ReopenEmergencyCallRequest) -> pb.ReopenEmergencyCallResponse:
    """Opens one again that was closed by mistake."""
    return pb.ReopenEmergencyCallResponse(call=_view(tx, await actions.reopen(tx, request.id, request.etag)))


@rpc
async def call_back(tx: Transaction, request: pb.NoteCallBackRequest) -> pb.NoteCallBackResponse:
    """Notes a call back."""
    done = await actions.call_back(tx, request.id, request.etag, reached=request.reached)
    return pb.NoteCallBackResponse(call=_view(tx, done))


@rpc
async def caller(tx: Transaction, request: pb.GetEmergencyCallerRequest) -> pb.GetEmergencyCallerResponse:
    """Reads who called, and writes that down."""
    call = await actions.known(tx, request.id)
    found = await callers.read(tx, call.id, request.purpose)
    told = pb.EmergencyCaller(name=found.name, phone=found.phone, phone_unclear=found.phone_unclear)
    return pb.GetEmergencyCallerResponse(caller=told)


@rpc
async def reads(tx: Transaction, request: pb.ListEmergencyCallerReadsRequest) -> pb.ListEmergencyCallerReadsResponse:
    """Lists who read it."""
    call = await actions.known(tx, request.id)
    found = await callers.reads(tx, call.id, request.page_size, request.page_token)
    return pb.ListEmergencyCallerReadsResponse(
        reads=[_read(tx, one) for one in found.rows], next_page_token=found.token
    )  # fmt: skip


def _read(tx: Transaction, one: Read) -> pb.EmergencyCallerRead:
    return pb.EmergencyCallerRead(
        time=protos.timestamp(one.at),
        by=one.role,
        mine=one.subject == tx.caller.subject,
        purpose=one.purpose,
        reader=one.subject if tx.caller.has("admin") else "",
    )


def _view(tx: Transaction, one: Call) -> pb.EmergencyCall:
    closed = one.closing is not Closing.NONE
    return pb.EmergencyCall(
        id=str(one.id),
        number=one.number,
        state=protos.number(pb.EmergencyCallState, one.state),
        words=one.words,
        place=one.place,
        area=protos.area(tx.runtime.city, one.area),
        location=protos.point(one.lon, one.lat),
        closing=protos.number(pb.EmergencyCallClosing, one.closing)
        if closed
        else pb.EMERGENCY_CALL_CLOSING_UNSPECIFIED,
        incident=str(one.incident) if one.incident else "",
        complaint=one.complaint,
        has_caller=one.has_caller,
        call_backs=one.call_backs,
        reached=one.reached,
        paper=one.paper,
        exercise=one.exercise,
        receive_time=protos.timestamp(one.received_at),
        create_time=protos.timestamp(one.created_at),
        close_time=protos.timestamp(one.closed_at),
        erase_time=protos.timestamp(one.erase_at),
        etag=etag.of(one.version),
    )
