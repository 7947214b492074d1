"""Days out: destinations strung together, with their hours now and the way on by bus."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.branding import destination_words as words
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.page import PageRoute, render
from smartcity.branding.v1 import day_trips_pb2 as pb
from smartcity.branding.v1 import day_trips_views as views

PATH = "/wisata/rute"
router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)


@router.get("")
async def listed(request: Request) -> Response:
    """All of them."""
    answer = await current_gateway(request).pillars.call(pb.ListDayTripsRequest(), current_caller(request))
    trips = [views.day_trip(one) for one in answer.trips]
    return render(request, "branding/day_trips.html", here="branding", trips=trips, **words.words(request))


@router.get("/{id}")
async def shown(request: Request, id: Identifier) -> Response:  # noqa: A002 - the address's own word
    """One with its places as they are now, and what is not known of them."""
    answer = await current_gateway(request).pillars.call(pb.GetDayTripRequest(id=id), current_caller(request))
    return render(
        request, "branding/day_trip.html", here="branding", trip=views.day_trip(answer.trip), now=datetime.now(UTC),
        **words.words(request),
    )  # fmt: skip
