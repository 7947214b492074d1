"""The sums of VisitService over gRPC: proto -> store -> proto."""

from uuid import UUID

from services.branding.city_events import actions as events
from services.branding.destinations import actions as destinations
from services.branding.visits import model, store
from services.kit.database import Transaction
from services.kit.errors import invalid
from services.kit.rpc import protos, rpc
from smartcity.branding.v1 import visits_pb2 as pb


@rpc
async def read(tx: Transaction, request: pb.GetVisitsRequest) -> pb.GetVisitsResponse:
    """Tells the sums. Errors: DESTINATION_NOT_FOUND, EVENT_NOT_FOUND, VISITS_OF_ONE_PLACE, DAY_INVALID."""
    of = await _place(tx, request)
    today = tx.now.astimezone(tx.runtime.city.timezone).date()
    found = await store.sums(tx, of, *model.period(request.since, request.until, today))
    days = [
        pb.VisitDay(
            day=one.day.isoformat(),
            origin=protos.number(pb.VisitOrigin, one.origin),
            visits=one.visits,
            made_up=one.made_up,
        )
        for one in found
    ]
    return pb.GetVisitsResponse(
        days=days, total=sum(one.visits for one in found), made_up=sum(one.made_up for one in found)
    )


async def _place(tx: Transaction, request: pb.GetVisitsRequest) -> UUID | None:
    if request.destination and request.event:
        raise invalid("VISITS_OF_ONE_PLACE", "Ask about a destination or about an event.", field="event")
    if request.event:
        return (await events.known(tx, request.event)).id
    return (await destinations.known(tx, request.destination)).id if request.destination else None
