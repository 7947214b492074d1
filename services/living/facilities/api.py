"""The reads of FacilityService over gRPC: proto -> action -> proto."""

from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from services.living.facilities import actions, listing
from services.living.facilities.listing import Wanted
from services.living.facilities.model import Kind
from services.living.facilities.store import Filter, Found
from services.living.facilities.views import view
from smartcity.living.v1 import facilities_pb2 as pb


@rpc
async def read(tx: Transaction, request: pb.GetFacilityRequest) -> pb.GetFacilityResponse:
    """Reads a facility, and its latest changes."""
    facility, changes = await actions.get(tx, request.id)
    return pb.GetFacilityResponse(facility=view(tx, Found(facility), changes))


@rpc
async def page(tx: Transaction, request: pb.ListFacilitiesRequest) -> pb.ListFacilitiesResponse:
    """Lists facilities by distance, or by name."""
    kind = protos.member(pb.FacilityKind, request.kind, Kind) if request.kind else None
    chosen = Filter(kind, accessible=request.accessible, timed=request.open)
    wanted = Wanted(listing.point(request.near), chosen, open=request.open)
    found = await actions.page(tx, wanted, request.page_size, request.page_token)
    return pb.ListFacilitiesResponse(facilities=[view(tx, one) for one in found.rows], next_page_token=found.token)
