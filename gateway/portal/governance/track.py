"""The way from a code to its case."""

from __future__ import annotations

import re

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.portal.kit.page import PageRoute, render

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/lacak")
async def track(request: Request, code: str = "") -> Response:
    """Leads from a typed code to its page, which says when there is no such case."""
    typed = re.sub(r"[^0-9A-Za-z-]", "", code)[:40].upper()
    if typed:
        return RedirectResponse(f"/lapor/{typed}", 303)
    return render(request, "governance/track.html", code="", here="track")
