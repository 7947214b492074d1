"""All buses as they are now, on the map and as a list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.gateway import current_gateway
from gateway.portal.kit.city_words import drawing_of
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.living.bus_map import buses_of, drawn, labels
from smartcity.living.v1 import vehicles_views

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PATH = "/transit/bus"
_NUMBER = re.compile("([0-9]+)")


class Line(NamedTuple):
    """The buses of a line; without a name those that drive on none."""

    name: str
    buses: Sequence[vehicles_views.Vehicle]

    @property
    def live(self) -> Sequence[vehicles_views.Vehicle]:
        """Those of them that tell where they are."""
        return [one for one in self.buses if one.state == "live"]

    @property
    def silent(self) -> Sequence[vehicles_views.Vehicle]:
        """The others, as at night nearly all."""
        return [one for one in self.buses if one.state != "live"]


@router.get(PATH)
async def buses(request: Request) -> Response:
    """The buses that tell where they are, and those that are silent."""
    found = await buses_of(request)
    city = drawing_of(current_gateway(request).city)
    return render(
        request, "living/transit_buses.html", here="transit", buses=found, lines=by_line(found), map=city,
        drawing=drawn(city, found), labels=labels(found), now=datetime.now(UTC),
        live=sum(one.state == "live" for one in found),
    )  # fmt: skip


def by_line(buses: Sequence[vehicles_views.Vehicle]) -> list[Line]:
    """Buses by the lines that they drive: K2 before K10, and those on no line last."""
    names = {one.line for one in buses}
    found = [Line(name, [one for one in buses if one.line == name]) for name in sorted(names, key=_place)]
    return sorted(found, key=lambda one: not one.name)


def _place(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (0, part) for part in _NUMBER.split(name)]
