"""Where vehicles are and when they come, as GTFS Realtime: FeedMessages of version 2.0, from memory."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.city.vehicles import PROTOBUF
from gateway.gateway import Gateway
from gateway.rest.route import BINARY, by_hand
from smartcity.living.v1 import vehicles_pb2 as pb2

FRESH = 2
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
    "/v1/gtfs-rt/positions",
    pb2.GetPositionFeedRequest,
    "getGtfsRealtimePositions",
    responses=_RESPONSES,
    lenient=True,
)
async def positions(parts: Gateway, request: Request, message: pb2.GetPositionFeedRequest) -> Response:
    """Hands out where vehicles are as GTFS Realtime; those that have told within ten minutes, each with its time."""
    return (await parts.vehicles.positions.now()).response(request, FRESH)


@by_hand(
    "GET",
    "/v1/gtfs-rt/trip-updates",
    pb2.GetTripUpdateFeedRequest,
    "getGtfsRealtimeTripUpdates",
    responses=_RESPONSES,
    lenient=True,
)
async def trips(parts: Gateway, request: Request, message: pb2.GetTripUpdateFeedRequest) -> Response:
    """Hands out when vehicles come to their next stops as GTFS Realtime; those that have told within 90 seconds.

    A trip of a line by headway is UNSCHEDULED: it is known by its start time, and has no delay.
    """
    return (await parts.vehicles.trips.now()).response(request, FRESH)
