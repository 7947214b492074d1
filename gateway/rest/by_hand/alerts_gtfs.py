"""What is different on public transport, as GTFS Realtime: a FeedMessage of version 2.0, from memory."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.city.vehicles import PROTOBUF
from gateway.gateway import Gateway
from gateway.rest.route import BINARY, by_hand
from smartcity.living.v1 import alerts_pb2 as pb2

FRESH = 1
"""Seconds in which caches need not ask again."""
_RESPONSES: dict[str, Any] = {
    "200": {
        "description": "A FeedMessage in protobuf.",
        "content": {PROTOBUF: {"schema": BINARY}},
    },
    "304": {"description": "You have these bytes already."},
}


@by_hand(
    "GET",
    "/v1/gtfs-rt/alerts",
    pb2.GetServiceAlertFeedRequest,
    "getGtfsRealtimeAlerts",
    responses=_RESPONSES,
    lenient=True,
)
async def alerts(parts: Gateway, request: Request, message: pb2.GetServiceAlertFeedRequest) -> Response:
    """Hands out what is different on public transport as GTFS Realtime; drills are left out.

    What an alert closes is an entity of its own, with the effect NO_SERVICE, whatever else follows from it.
    """
    return (await parts.service_alerts.feed.now()).response(request, FRESH)
