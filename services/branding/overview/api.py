"""The pillar's section of the city home."""

from datetime import timedelta

from services.branding.city_events import store as city_events
from services.branding.city_events.profile import terms_of
from services.branding.destinations import store as destinations
from services.branding.sales import store as sales
from services.branding.settlements import store as settlements
from services.branding.visits import store as visits
from services.kit.database import Transaction
from services.kit.rpc import rpc
from smartcity.branding.v1 import overview_pb2 as pb

SOON = timedelta(days=30)


@rpc
async def read(tx: Transaction, request: pb.GetOverviewRequest) -> pb.GetOverviewResponse:
    """What the pillar serves, and how much of it there is."""
    now = tx.now.astimezone(tx.runtime.city.timezone)
    hour = tx.now.replace(minute=0, second=0, microsecond=0)
    today = [hour - timedelta(hours=ago) for ago in range(now.hour + 1)]
    return pb.GetOverviewResponse(
        nouns=["events", "destinations", "visits", "tickets"],
        dates_soon=await city_events.soon(tx, tx.now, tx.now + SOON),
        events_waiting=await city_events.waiting(tx),
        destinations=await destinations.count(tx),
        visits_today=await visits.on(tx, now.date()),
        event_agency=terms_of(tx.runtime.city).agency,
        sales_open=await sales.open_now(tx),
        tickets_today=await settlements.sold_in(tx, today),
    )
