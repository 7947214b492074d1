"""The section of the water: present levels of rivers, the sea and pump stations, with the last day."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

from starlette.requests import Request

from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.environment import charts, readings
from gateway.portal.environment.sections import section
from gateway.portal.environment.things import Stream, drawn
from gateway.portal.environment.thresholds import thresholds
from smartcity.environment.v1 import datastreams_pb2, datastreams_views, things_pb2
from smartcity.environment.v1 import things_views as views

_KINDS = (
    things_pb2.THING_KIND_RIVER_GAUGE,
    things_pb2.THING_KIND_TIDE_GAUGE,
    things_pb2.THING_KIND_PUMP_STATION,
)
_MOST = 50
"""Levels that the page shows, those of gauges first: as many as come with their series in one call."""


class Level(NamedTuple):
    """A level and where it is measured."""

    thing: views.Thing
    stream: Stream


@section("water")
async def on_start(request: Request) -> dict[str, Any]:
    """The levels of gauges, and those of pump stations: three calls, however many there are."""
    pillars, caller = current_gateway(request).pillars, current_caller(request)
    level = [datastreams_pb2.OBSERVED_PROPERTY_WATER_LEVEL]
    listed, levels, marks = await asyncio.gather(
        pillars.call(things_pb2.ListThingsRequest(kinds=_KINDS, page_size=200), caller),
        pillars.call(datastreams_pb2.ListDatastreamsRequest(properties=level, page_size=200), caller),
        thresholds(request),
    )
    things = {one.id: views.thing(one) for one in listed.things}
    found = [datastreams_views.datastream(one) for one in levels.datastreams if one.thing in things]
    found.sort(key=lambda one: (things[one.thing].kind == "pump_station", things[one.thing].name))
    shown = await drawn(request, found[:_MOST], readings.LAST_DAY, charts.SMALL, marks)
    made = [Level(things[one.of.thing], one) for one in shown]
    return {
        "cut": len(found) > _MOST or bool(listed.next_page_token or levels.next_page_token),
        "gauges": [one for one in made if one.thing.kind != "pump_station"],
        "pumps": [one for one in made if one.thing.kind == "pump_station"],
    }
