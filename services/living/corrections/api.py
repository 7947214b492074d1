"""The corrections of FacilityService over gRPC: proto -> action -> proto."""

from services.kit.database import Transaction
from services.kit.rpc import etag, protos, rpc
from services.living.corrections import actions
from services.living.corrections.model import Correction, State
from services.living.facilities import model as facilities
from services.living.facilities import store as facility_store
from services.living.facilities.model import Facility, FacilityAccess, Proposal
from services.living.facilities.store import Found
from services.living.facilities.views import use, view, week
from smartcity.living.v1 import facilities_pb2 as pb


@rpc
async def create(
    tx: Transaction, request: pb.CreateFacilityCorrectionRequest
) -> pb.CreateFacilityCorrectionResponse:  # fmt: skip
    """Takes a correction."""
    placed = request.HasField("location")
    proposal = Proposal(
        name=" ".join(request.name.split()),
        lon=request.location.lon if placed else None,
        lat=request.location.lat if placed else None,
        hours=" ".join(request.hours.split()),
        access=protos.member(pb.FacilityAccess, request.wheelchair, FacilityAccess)
        if request.wheelchair
        else FacilityAccess.UNKNOWN,
        closed=request.use == pb.FACILITY_USE_CLOSED if request.use else None,
    )
    made, facility = await actions.create(tx, request.facility, proposal, request.reason)
    receipt = pb.FacilityCorrectionReceipt(
        id=str(made.id),
        facility=facility.code,
        agency=made.agency,
        create_time=protos.timestamp(made.created_at),
    )
    return pb.CreateFacilityCorrectionResponse(receipt=receipt)


@rpc
async def read(tx: Transaction, request: pb.GetFacilityCorrectionRequest) -> pb.GetFacilityCorrectionResponse:
    """Reads a correction."""
    return pb.GetFacilityCorrectionResponse(correction=await _shown(tx, await actions.get(tx, request.id)))


@rpc
async def page(tx: Transaction, request: pb.ListFacilityCorrectionsRequest) -> pb.ListFacilityCorrectionsResponse:
    """Lists corrections."""
    state = protos.member(pb.FacilityCorrectionState, request.state, State) if request.state else State.WAITING
    found = await actions.page(tx, state, request.page_size, request.page_token)
    of = await facility_store.by_ids(tx, {one.facility for one in found.rows})
    shown = [_view(tx, one, of[one.facility]) for one in found.rows]
    return pb.ListFacilityCorrectionsResponse(corrections=shown, next_page_token=found.token)


@rpc
async def accept(
    tx: Transaction, request: pb.AcceptFacilityCorrectionRequest
) -> pb.AcceptFacilityCorrectionResponse:  # fmt: skip
    """Accepts a correction."""
    done = await actions.accept(tx, request.id, request.etag, request.note)
    return pb.AcceptFacilityCorrectionResponse(correction=await _shown(tx, done))


@rpc
async def decline(
    tx: Transaction, request: pb.DeclineFacilityCorrectionRequest
) -> pb.DeclineFacilityCorrectionResponse:  # fmt: skip
    """Declines a correction."""
    done = await actions.decline(tx, request.id, request.etag, request.note)
    return pb.DeclineFacilityCorrectionResponse(correction=await _shown(tx, done))


async def _shown(tx: Transaction, one: Correction) -> pb.FacilityCorrection:
    of = await facility_store.by_ids(tx, {one.facility})
    return _view(tx, one, of[one.facility])


def _view(tx: Transaction, one: Correction, facility: Facility) -> pb.FacilityCorrection:
    fields = facilities.said(one.proposal)
    before = zip(fields, one.before, strict=True) if one.before else ()
    return pb.FacilityCorrection(
        id=str(one.id),
        state=protos.number(pb.FacilityCorrectionState, one.state),
        facility=view(tx, Found(facility)),
        name=one.name,
        location=protos.point(one.lon, one.lat),
        hours=week(one.hours),
        wheelchair=protos.number(pb.FacilityAccess, one.access)
        if one.access is not FacilityAccess.UNKNOWN
        else pb.FACILITY_ACCESS_UNSPECIFIED,
        use=use(closed=one.closed),
        reason=one.reason,
        own=one.by == tx.caller.subject,
        note=one.note,
        before=[_before(field, text) for field, text in before],
        create_time=protos.timestamp(one.created_at),
        decide_time=protos.timestamp(one.decided_at),
        etag=etag.of(one.version),
    )


def _before(field: facilities.Field, text: str) -> pb.FacilityBefore:
    hours = week(text) if field is facilities.Field.HOURS else None
    return pb.FacilityBefore(field=protos.number(pb.FacilityField, field), text=text, hours=hours)
