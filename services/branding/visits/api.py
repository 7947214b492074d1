"""The sums of VisitService over gRPC: proto -> store -> proto."""

from services.branding.destinations import actions as destinations
from services.branding.visits import model, store
from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from smartcity.branding.v1 import visits_pb2 as pb


@rpc
async def read(tx: Transaction, request: pb.GetVisitsRequest) -> pb.GetVisitsResponse:
    """Tells the sums. Errors: DESTINATION_NOT_FOUND, DAY_INVALID."""
    of = (await destinations.known(tx, request.destination)).id if request.destination else None
    today = tx.now.astimezone(tx.runtime.city.timezone).date()
    found = await store.sums(tx, of, *model.period(request.since, request.until, today))
    days = [
        pb.VisitDay(day=one.day.isoformat(), origin=protos.number(pb.VisitOrigin, one.origin), visits=one.visits)
        for one in found
    ]
    return pb.GetVisitsResponse(days=days, total=sum(one.visits for one in found))
