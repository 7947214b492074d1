"""What is different on public transport: the list, and each alert."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import grpc.aio
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.page import PageRoute, render, texts_of
from smartcity.living.v1 import alerts_pb2 as pb
from smartcity.living.v1 import alerts_views as views

PATH = "/transit/gangguan"
SHOWN = 3
"""Alerts that the page of a stop or a line shows at most, and closed stops that each names there."""
router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)

_now = datetime.now


async def alerts_of(request: Request, route: str = "", stop: str = "") -> list[views.ServiceAlert]:
    """Those that hold or will, of a line or a stop where one is given; drills come last."""
    asked = pb.ListServiceAlertsRequest(route=route, stop=stop)
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    found = [views.service_alert(one) for one in answer.alerts]
    return sorted(found, key=lambda one: (one.exercise, not one.now))


@dataclass(frozen=True)
class Closed:
    """That nobody gets on or off at a stop now."""

    until: datetime | None
    """When it opens again; None until further notice."""


def closed(found: Sequence[views.ServiceAlert], *stops: str) -> Closed | None:
    """Whether alerts that hold close any of these: a stop itself, or the station that it belongs to."""
    ends = [_end(one) for one in found if one.now and one.closes and any(_shuts(each, stops) for each in one.entities)]
    return Closed(None if None in ends else max(each for each in ends if each)) if ends else None


async def elsewhere(request: Request, found: Sequence[views.ServiceAlert], *stops: str) -> dict[str, list[str]]:
    """Of those that a page shows and that close nothing but other stops than these: the names of the closed ones, by
    the alert's id.
    """
    others = [one for one in found[:SHOWN] if one.closes and _closes_others(one, stops)]
    names = await asyncio.gather(*(_closed_names(request, one) for one in others))
    return {one.id: some for one, some in zip(others, names, strict=True)}


def _closes_others(one: views.ServiceAlert, stops: Sequence[str]) -> bool:
    shut = [each for each in one.entities if each.closes]
    return bool(shut) and not one.detours and all(each.stop and each.stop not in stops for each in shut)


async def _closed_names(request: Request, one: views.ServiceAlert) -> list[str]:
    """What its closed stops are called, with their ids: both sides of a street have one name, and on the one that is
    open the name alone would say that it is closed. The ids alone where the timetable has no such stop, or the alert is
    gone.
    """
    closed_ids = list(dict.fromkeys(each.stop for each in one.entities if each.closes and each.stop))[:SHOWN]
    asked = pb.GetServiceAlertRequest(id=one.id, language=texts_of(request).language)
    try:
        touched = (await current_gateway(request).pillars.call(asked, current_caller(request))).alert.touched
    except grpc.aio.AioRpcError:
        return closed_ids
    names = dict(zip(touched.stops, touched.stop_names, strict=False))
    return [f"{names[each]} ({each})" if names.get(each) else each for each in closed_ids]


def _shuts(entity: views.ServiceAlertEntity, stops: Sequence[str]) -> bool:
    """Whether one of these stops is closed for all lines; at both ends of a stretch that is, others still call."""
    return bool(entity.closes) and not entity.route and bool(entity.stop) and entity.stop in stops


def _end(one: views.ServiceAlert) -> datetime | None:
    """When the period that holds now ends."""
    now = _now(UTC)
    ends = [each.end_time for each in one.periods if not each.start_time or each.start_time <= now]
    return None if None in ends else max((each for each in ends if each), default=None)


@router.get("")
async def listed(request: Request) -> Response:
    """All that hold or will."""
    return render(request, "living/transit_alerts.html", here="transit", found=await alerts_of(request))


@router.get("/{id}")
async def alert(request: Request, id: Identifier) -> Response:  # noqa: A002 - the address's own word
    """One of them: what it says, and which lines and stops it touches."""
    asked = pb.GetServiceAlertRequest(id=id, language=texts_of(request).language)
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    return render(request, "living/transit_alert.html", here="transit", one=views.service_alert(answer.alert))
