"""Weather warnings of the national service, on the pillar's start page and beside the city's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request

from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.environment.sections import section
from smartcity.environment.v1 import nowcasts_pb2 as pb
from smartcity.environment.v1 import nowcasts_views as views

OLD = timedelta(minutes=15)
"""Since when a reading is old, so that the page says so: one is made every three minutes."""
_MOST = 12
"""Kecamatan that are named."""


@section("nowcasts")
async def on_start(request: Request) -> dict[str, Any]:
    """What the service warns of here, and how fresh that is."""
    answer = await current_gateway(request).pillars.call(pb.ListNowcastsRequest(), current_caller(request))
    found = views.list_nowcasts_response(answer)
    now = datetime.now(UTC)
    return {
        "read": found.read,
        "nowcasts": [(one, _districts(one)) for one in found.nowcasts or ()],
        "feed": found.feed,
        "read_time": found.read_time,
        "minutes": (now - found.read_time) // timedelta(minutes=1) if found.read_time else None,
        "old": found.read_time is not None and now - found.read_time > OLD,
        "now": now,
    }


def _districts(one: views.Nowcast) -> tuple[list[str], int]:
    """Kecamatan that it covers, as many as are named, and how many more there are."""
    names = sorted({area.district for area in one.areas or () if area.district})
    return names[:_MOST], max(0, len(names) - _MOST)
