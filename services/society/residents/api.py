"""ResidentService over gRPC: proto -> action -> proto."""

from services.kit.database import Transaction
from services.kit.rpc import etag, protos, rpc
from services.society.residents import actions
from services.society.residents.model import Resident, State
from smartcity.society.v1 import residents_pb2 as pb


@rpc
async def create(tx: Transaction, request: pb.CreateResidentRequest) -> pb.CreateResidentResponse:
    """Declares where the caller lives."""
    made = await actions.create(tx, request.nik, request.birth_date, request.area_code)
    return pb.CreateResidentResponse(resident=_view(tx, made))


@rpc
async def read(tx: Transaction, request: pb.GetResidentRequest) -> pb.GetResidentResponse:
    """Reads one."""
    found = await actions.get(tx, request.id)
    shown = _view(tx, found)
    shown.others_wait = await actions.others_wait(tx, found)
    return pb.GetResidentResponse(resident=shown)


@rpc
async def page(tx: Transaction, request: pb.ListResidentsRequest) -> pb.ListResidentsResponse:
    """Lists them."""
    state = protos.member(pb.ResidentState, request.state, State) if request.state else None
    found = await actions.page(tx, state, request.page_size, request.page_token, own=request.own, code=request.code)
    return pb.ListResidentsResponse(residents=[_view(tx, one) for one in found.rows], next_page_token=found.token)


@rpc
async def verify(tx: Transaction, request: pb.VerifyResidentRequest) -> pb.VerifyResidentResponse:
    """Verifies one."""
    done = await actions.verify(tx, request.id, request.etag, request.code, request.nik, request.area_code)
    return pb.VerifyResidentResponse(resident=_view(tx, done))


@rpc
async def decline(tx: Transaction, request: pb.DeclineResidentRequest) -> pb.DeclineResidentResponse:
    """Declines one, or takes a verification back."""
    done = await actions.decline(tx, request.id, request.etag, request.note)
    return pb.DeclineResidentResponse(resident=_view(tx, done))


@rpc
async def attest(tx: Transaction, request: pb.AttestResidentRequest) -> pb.AttestResidentResponse:
    """Takes the identity provider's word."""
    done = await actions.attest(tx, request.nik, request.birth_date, request.area_code)
    return pb.AttestResidentResponse(resident=_view(tx, done))


def _view(tx: Transaction, one: Resident) -> pb.Resident:
    return pb.Resident(
        id=str(one.id),
        state=protos.number(pb.ResidentState, one.state),
        area_code=one.area,
        way=protos.number(pb.ResidentWay, one.way) if one.way.value else pb.RESIDENT_WAY_UNSPECIFIED,
        note=one.note,
        own=one.subject == tx.caller.subject,
        issued_elsewhere=one.elsewhere,
        create_time=protos.timestamp(one.created_at),
        verify_time=protos.timestamp(one.verified_at),
        end_time=protos.timestamp(one.ended_at),
        etag=etag.of(one.version),
        code=one.code if one.subject == tx.caller.subject else "",
    )
