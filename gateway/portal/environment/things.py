"""What measures: a list by kind and kelurahan, as on the map, and each thing with its series."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.callers.session import current_caller
from gateway.calls.pages import pages
from gateway.gateway import current_gateway
from gateway.portal.environment import charts, readings
from gateway.portal.environment.charts import Drawing, Point, Threshold
from gateway.portal.environment.thresholds import thresholds
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.city_words import drawing_of
from gateway.portal.kit.page import PageRoute, city_words, render, texts_of
from gateway.portal.kit.paging import next_href, page_token, strange
from services.kit.caller import Caller
from smartcity.environment.v1 import datastreams_pb2, datastreams_views, devices_pb2, devices_views, things_pb2
from smartcity.environment.v1 import things_views as views

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PATH = "/lingkungan/alat"
KINDS = tuple(views.THING_KIND_NUMBERS)
PAGE = 100
"""Things of a page: the datastreams of so many come in one call."""
MOST_PAGES = 5
"""Of a thing's devices: those in service are few, those revoked may be more."""
MOST_SHOWN = 20
"""Series that one page shows."""
MAP_SECONDS = 60
"""That browsers use the map's things for."""


@dataclass(frozen=True)
class Stream:
    """A datastream as a page shows it."""

    of: datastreams_views.Datastream
    points: Sequence[Point]
    drawing: Drawing | None
    thresholds: Sequence[Threshold] = ()

    @property
    def summed(self) -> bool:
        """Whether a point is a sum, not a mean."""
        return self.of.property in readings.SUMMED


@router.get(PATH)
async def listed(request: Request, jenis: str = "", wilayah: str = "") -> Response:
    """What measures, by kind and kelurahan, with the latest values."""
    if (back := strange(request, jenis=KINDS, wilayah=city_words(request).city.areas)) is not None:
        return back
    kind, area = jenis if jenis in KINDS else "", _known_area(request, wilayah)
    things, token = await _things(request, kind, area, page_token(request))
    streams = await streams_of(request, [one.id for one in things])
    query = {name: value for name, value in (("jenis", kind), ("wilayah", area)) if value}
    return render(
        request, "environment/things.html", here="environment", things=_by_kind(things), streams=streams,
        thing_kinds=KINDS, kind=kind, area=area, map=drawing_of(current_gateway(request).city), query=urlencode(query),
        paged=bool(page_token(request)), next_href=next_href(PATH, token, **query), **words(request),
    )  # fmt: skip


@router.get("/peta/alat.json")
async def on_the_map(request: Request, jenis: str = "", wilayah: str = "") -> Response:
    """The things of the live map, as the list has them: from memory."""
    if (back := strange(request, jenis=KINDS, wilayah=city_words(request).city.areas)) is not None:
        return back
    points = await current_gateway(request).measuring.points.now()
    kind, area = jenis if jenis in KINDS else "", _known_area(request, wilayah)
    if not kind and not area:
        return points.ready.response(request, MAP_SECONDS)
    rows = [one for one in points.places if kind in ("", one.kind) and area in ("", one.area)]
    headers = {"cache-control": f"public, max-age={MAP_SECONDS}"}
    return Response(msgspec.json.encode(rows), media_type="application/json", headers=headers)


@router.get(PATH + "/{code}")
async def shown(request: Request, code: Identifier, rentang: str = "hari") -> Response:
    """One thing: where it stands and stood, what it measures, and its series."""
    if (back := strange(request, rentang=readings.RANGES)) is not None:
        return back
    pillars, caller = current_gateway(request).pillars, current_caller(request)
    chosen = readings.RANGES.get(rentang, readings.RANGES["hari"])
    answer, streams, devices, marks = await asyncio.gather(
        pillars.call(things_pb2.GetThingRequest(id=code), caller),
        pillars.call(datastreams_pb2.ListDatastreamsRequest(things=[code], page_size=MOST_SHOWN), caller),
        devices_of(request, code),
        thresholds(request),
    )
    thing, found = views.thing(answer.thing), [datastreams_views.datastream(one) for one in streams.datastreams]
    return render(
        request, "environment/thing.html", private=bool(devices), here="environment", thing=thing, range=chosen.name,
        ranges=list(readings.RANGES), streams=await drawn(request, found, chosen, charts.LARGE, marks), devices=devices,
        mine=runs(caller, thing.agency), **words(request),
    )  # fmt: skip


async def drawn(
    request: Request, streams: Sequence[datastreams_views.Datastream], of: readings.Range, frame: charts.Frame,
    limits: Mapping[str, Sequence[Threshold]] | None = None,
) -> list[Stream]:  # fmt: skip
    """Datastreams with their series of a time."""
    span, zone = of.until(datetime.now(UTC)), current_gateway(request).city.timezone
    sums = await readings.series(request, [one.id for one in streams], span)
    made = []
    for one in streams:
        points = readings.points(sums.get(one.id, ()), one.property or "")
        marks = (limits or {}).get(one.id, ())
        summed = one.property in readings.SUMMED
        drawing = charts.draw(points, span, frame, zone, thresholds=marks, summed=summed)
        made.append(Stream(one, points, drawing, marks))
    return made


async def streams_of(request: Request, things: Sequence[str]) -> dict[str, list[datastreams_views.Datastream]]:
    """The datastreams of things with their latest values, by the thing's id, in one call."""
    if not things:
        return {}
    asked = datastreams_pb2.ListDatastreamsRequest(things=things)
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    found: dict[str, list[datastreams_views.Datastream]] = {}
    for one in answer.datastreams:
        found.setdefault(one.thing, []).append(datastreams_views.datastream(one))
    return found


async def devices_of(request: Request, thing: str) -> list[devices_views.Device]:
    """The devices of a thing that the caller may see; for others there are none."""
    caller = current_caller(request)
    if not caller.has("admin") and not (caller.has("officer") and caller.agency):
        return []
    pillars, asked = current_gateway(request).pillars, devices_pb2.ListDevicesRequest(things=[thing], page_size=200)
    found: list[devices_views.Device] = []
    async for answer in pages(lambda more: pillars.call(more, caller), asked, MOST_PAGES):
        found += map(devices_views.device, answer.devices)
    return found


def runs(caller: Caller, agency: str) -> bool:
    """Whether somebody may change what an agency's things are, as far as pages show it."""
    return caller.has("admin") or (caller.has("officer") and caller.agency == agency)


def words(request: Request) -> dict[str, Any]:
    """How templates say values."""
    texts = texts_of(request)
    return {
        "measured": partial(readings.words, texts),
        "number": partial(readings.plain, texts),
        "limited": partial(readings.limit, texts),
        "exact": partial(readings.exact, texts),
        "typed": partial(readings.typed, texts),
        "units": readings.UNITS,
    }


async def _things(request: Request, kind: str, area: str, token: str) -> tuple[list[views.Thing], str]:
    kinds = [views.THING_KIND_NUMBERS[kind]] if kind else []
    asked = things_pb2.ListThingsRequest(kinds=kinds, area=area, page_size=PAGE, page_token=token)
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    return [views.thing(one) for one in answer.things], answer.next_page_token


def _by_kind(things: Sequence[views.Thing]) -> dict[str, list[views.Thing]]:
    """The things in the order of their kinds, those without any left out."""
    by_kind = {kind: [one for one in things if one.kind == kind] for kind in KINDS}
    return {kind: found for kind, found in by_kind.items() if found}


def _known_area(request: Request, code: str) -> str:
    return code if city_words(request).city.area(code) else ""
