"""The way from a code to its case."""

from __future__ import annotations

import re

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers.problems import Problem
from gateway.portal.kit.page import PageRoute, render, texts_of
from gateway.portal.kit.trouble import Trouble, field_trouble

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/lacak")
async def track(request: Request, code: str = "") -> Response:
    """Leads from a typed code to its page, which says when there is no such case."""
    typed = re.sub(r"[^0-9A-Za-z-]", "", code)[:32].upper()
    if typed:
        return RedirectResponse(f"/lapor/{typed}", 303)
    return render(request, "governance/track.html", code="", here="track")


def unknown(request: Request, code: str, problem: Problem) -> Response:
    """The same page where there is no such case, with the code to be looked at again."""
    texts = texts_of(request)
    trouble = field_trouble(texts, code=Trouble.of(problem, texts).message)
    return render(request, "governance/track.html", problem.status, code=code, here="track", **trouble.context())
