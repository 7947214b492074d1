"""The pillar's section of the city home."""

from services.kit.database import Transaction
from services.kit.rpc import rpc
from services.living.alerts import store as alerts
from services.living.alerts.profile import rules_of
from services.living.corrections import store as corrections
from services.living.facilities import store as facilities
from services.living.feed_imports.access import importers
from smartcity.living.v1 import overview_pb2 as pb


@rpc
async def read(tx: Transaction, request: pb.GetOverviewRequest) -> pb.GetOverviewResponse:
    """What the pillar serves, and how much of it there is."""
    return pb.GetOverviewResponse(
        nouns=["facilities"],
        facilities=await facilities.count(tx),
        alerts=await alerts.count(tx),
        alert_agencies=rules_of(tx.runtime.city).agencies,
        timetable_agencies=sorted(importers(tx.runtime.city)),
        corrections_waiting=await corrections.waiting(tx),
    )
