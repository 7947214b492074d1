"""The pillar's start page: a section per room, each of them read by the room's own page module."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.portal.environment.sections import gathered
from gateway.portal.environment.things import words
from gateway.portal.kit.crowds import for_crowds
from gateway.portal.kit.page import PageRoute, render

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/lingkungan")
@for_crowds()
async def start(request: Request) -> Response:
    """What the city measures and warns of, now."""
    return render(
        request, "environment/environment.html", here="environment", sections=await gathered(request),
        now=datetime.now(UTC), **words(request),
    )  # fmt: skip
