"""Buses as they are now: read for pages, and drawn on the city's map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request

from gateway.calls.pages import pages
from gateway.gateway import current_gateway
from gateway.portal.kit.city_map import Drawing
from smartcity.living.v1 import routes_views, vehicles_pb2, vehicles_views

_MARGIN, _LEAST = 30.0, 160.0
"""Around what is drawn, and the least width and height that is shown, in units of the drawing."""
MOST_PAGES, PAGE = 3, 200
"""Of all buses; of more, a map shows nothing any more."""


@dataclass(frozen=True)
class Buses:
    """The drawing of a line with its buses, or of all buses."""

    ways: tuple[str, ...]
    """Points of polylines."""
    buses: tuple[tuple[int, int, str], ...]
    """Where those are that tell where they are, and what is painted on them."""
    view: str
    """The ``viewBox``."""


async def buses_of(request: Request, route: str = "") -> list[vehicles_views.Vehicle]:
    """The vehicles in service, on a line or all."""
    gateway = current_gateway(request)
    asked, found = vehicles_pb2.ListVehiclesRequest(page_size=PAGE, route=route), list[vehicles_views.Vehicle]()

    async def ask(request: vehicles_pb2.ListVehiclesRequest) -> vehicles_pb2.ListVehiclesResponse:
        return await gateway.pillars.look(request, vehicles_pb2.ListVehiclesResponse, within=2.0)

    async for page in pages(ask, asked, MOST_PAGES):
        found += map(vehicles_views.vehicle, page.vehicles)
    return found


def labels(buses: Sequence[vehicles_views.Vehicle]) -> dict[str, str]:
    """What is painted on them, by their ids."""
    return {one.id: one.label for one in buses}


def drawn(
    city: Drawing, buses: Sequence[vehicles_views.Vehicle], directions: Sequence[routes_views.RouteDirection] = ()
) -> Buses:
    """Where the live ones are, over the line's way where one is given."""
    ways = []
    for way in directions:
        straight = [(call.location.lon, call.location.lat) for call in way.calls if call.location]
        points = way.line["coordinates"] if way.line else straight
        ways.append([city.place((point[0], point[1])) for point in points])
    shown = [
        (*city.place((one.location.lon, one.location.lat)), one.label)
        for one in buses
        if one.location and one.state == "live"
    ]
    places = [point for way in ways for point in way] + [(x, y) for x, y, _ in shown]
    lines = tuple(" ".join(f"{x},{y}" for x, y in way) for way in ways if len(way) > 1)
    return Buses(lines, tuple(shown), _view(city, places))


def _view(city: Drawing, places: Sequence[tuple[int, int]]) -> str:
    if not places:
        return f"0 0 {city.width} {city.height}"
    xs, ys = [x for x, _ in places], [y for _, y in places]
    width, height = (max(max(each) - min(each) + 2 * _MARGIN, _LEAST) for each in (xs, ys))
    left, top = (max(xs) + min(xs) - width) / 2, (max(ys) + min(ys) - height) / 2
    return f"{left:.0f} {top:.0f} {width:.0f} {height:.0f}"
