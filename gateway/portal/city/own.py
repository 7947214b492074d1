"""What is one's own, of all pillars, in one place: where somebody comes who has logged in."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.gateway import current_gateway
from gateway.portal import own_pages
from gateway.portal.kit.page import PageRoute, render

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/saya")
async def own(request: Request) -> Response:
    """Ways to it; each page asks for the login that it needs."""
    city = current_gateway(request).city
    pages = [one for one in own_pages() if one.there(city)]
    return render(request, "city/own.html", private=True, here="own", pages=pages)
