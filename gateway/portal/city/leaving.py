"""What a logout did while the database was away: this browser is out, the session itself goes on until it expires."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers.addresses import HOME
from gateway.callers.session import current_session
from gateway.edge.login import HALF_WAY
from gateway.gateway import current_gateway
from gateway.portal.kit.page import PageRoute, render

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get(HALF_WAY)
async def left(request: Request) -> Response:
    """Says it, and leads to the identity provider, which may know the browser still."""
    if current_session(request) is not None:
        return RedirectResponse(HOME, 303)
    gateway = current_gateway(request)
    home = f"{gateway.settings.origin}/"
    there = await gateway.provider.logout_url("", home)
    hours = round(gateway.settings.session_hours)
    return render(request, "city/left.html", private=True, hours=hours, there=there if there != home else "")
