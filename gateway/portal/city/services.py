"""The city's e-services, whoever runs them: what each is for, whose it is, and how well that is known."""

from __future__ import annotations

from typing import get_args

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.portal.city.findable import matching
from gateway.portal.city.wanted import letters, wanted_of
from gateway.portal.kit.page import PageRoute, city_words, render, texts_of
from gateway.portal.kit.paging import strange
from services.kit.city.model import Audience

router = APIRouter(route_class=PageRoute, include_in_schema=False)
AUDIENCES = get_args(Audience)


@router.get("/layanan")
async def services(request: Request, q: str = "", untuk: str = "") -> Response:
    """All of them, or those that fit what was typed and whom they are for; what was replaced comes last."""
    if (back := strange(request, untuk=AUDIENCES)) is not None:
        return back
    city = city_words(request).city
    found = matching(city, texts_of(request).language, wanted_of(letters(q))) if q else tuple(city.services.values())
    shown = sorted(
        (each for each in found if not untuk or untuk in each.audiences),
        key=lambda each: (each.state != "active", each.name.casefold()),
    )
    audiences = [each for each in AUDIENCES if any(each in one.audiences for one in city.services.values())]
    return render(
        request, "city/services.html", services=shown, all=len(city.services), q=letters(q), audience=untuk,
        audiences=audiences,
    )  # fmt: skip
