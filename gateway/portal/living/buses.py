"""All buses as they are now, on the map and as a list."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.gateway import current_gateway
from gateway.portal.kit.city_words import drawing_of
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.living.bus_map import buses_of, drawn

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PATH = "/transit/bus"


@router.get(PATH)
async def buses(request: Request) -> Response:
    """The buses that tell where they are, and those that are silent."""
    found = await buses_of(request)
    city = drawing_of(current_gateway(request).city)
    return render(
        request, "living/transit_buses.html", here="transit", buses=found, drawing=drawn(city, found), map=city,
        live=sum(one.state == "live" for one in found),
    )  # fmt: skip
