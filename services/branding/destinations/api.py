"""The reads of DestinationService over gRPC, and its advisories, which may name one: proto -> action -> proto."""

from services.branding.advisories import actions as advisories
from services.branding.advisories import views as advisory_views
from services.branding.advisories.actions import Said
from services.branding.advisories.model import Level
from services.branding.destinations import actions, listing
from services.branding.destinations.listing import Wanted
from services.branding.destinations.model import Kind
from services.branding.destinations.store import Filter
from services.branding.destinations.views import view
from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from smartcity.branding.v1 import destinations_pb2 as pb


@rpc
async def read(tx: Transaction, request: pb.GetDestinationRequest) -> pb.GetDestinationResponse:
    """Reads one."""
    return pb.GetDestinationResponse(destination=view(tx, await actions.get(tx, request.id)))


@rpc
async def page(tx: Transaction, request: pb.ListDestinationsRequest) -> pb.ListDestinationsResponse:
    """Lists them by distance, or by name."""
    kind = protos.member(pb.DestinationKind, request.kind, Kind) if request.kind else None
    wanted = Wanted(listing.point(request.near), Filter(kind, timed=request.open), open=request.open)
    found = await actions.page(tx, wanted, request.page_size, request.page_token)
    shown = [view(tx, one) for one in found.rows]
    return pb.ListDestinationsResponse(destinations=shown, next_page_token=found.token)


@rpc
async def advise(tx: Transaction, request: pb.CreateAdvisoryRequest) -> pb.CreateAdvisoryResponse:
    """Tells visitors something."""
    said = Said(
        protos.member(pb.AdvisoryLevel, request.level, Level),
        request.text,
        request.text_en,
        tuple(request.areas),
        ends_at=protos.instant(request.end_time) if request.HasField("end_time") else None,
    )
    made, about = await actions.advise(tx, request.destination, said)
    return pb.CreateAdvisoryResponse(advisory=advisory_views.view(tx.runtime.city, made, about))


@rpc
async def list_advisories(tx: Transaction, request: pb.ListAdvisoriesRequest) -> pb.ListAdvisoriesResponse:
    """Lists those that hold."""
    city, told = tx.runtime.city, await actions.named(tx, await advisories.active(tx))
    return pb.ListAdvisoriesResponse(advisories=[advisory_views.view(city, one, about) for one, about in told])


@rpc
async def end_advisory(tx: Transaction, request: pb.EndAdvisoryRequest) -> pb.EndAdvisoryResponse:
    """Ends one."""
    done = await advisories.end(tx, request.id, request.etag)
    ((one, about),) = await actions.named(tx, [done])
    return pb.EndAdvisoryResponse(advisory=advisory_views.view(tx.runtime.city, one, about))
