"""Pump stations for everybody: what they can do, what they do now, and how old that is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.environment.sections import section
from gateway.portal.environment.things import words
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.kit.paging import next_href, page_token
from smartcity.environment.v1 import pumps_pb2 as pb
from smartcity.environment.v1 import pumps_views as views

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PATH = "/lingkungan/pompa"
PAGE = 100


@section("pumps")
async def on_start(request: Request) -> dict[str, Any]:
    """How many stations run, stand and are silent."""
    found, token = await stations(request, "")
    counted = {state: sum(one.state == state for one in found) for state in ("running", "stopped", "silent")}
    return {"counted": {state: n for state, n in counted.items() if n}, "stations": len(found), "cut": bool(token)}


@router.get(PATH)
async def listed(request: Request) -> Response:
    """All stations."""
    found, token = await stations(request, page_token(request))
    return render(
        request, "environment/pumps.html", here="environment", stations=found, next_href=next_href(PATH, token),
        now=datetime.now(UTC), **words(request),
    )  # fmt: skip


async def stations(request: Request, token: str, agency: str = "") -> tuple[list[views.PumpStation], str]:
    """Stations of a page, and the token of the next."""
    asked = pb.ListPumpsRequest(page_size=PAGE, page_token=token, agency=agency)
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    return [views.pump_station(one) for one in answer.stations], answer.next_page_token
