"""Waste: on which days it is collected in each kelurahan."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.environment.sections import section
from gateway.portal.kit.page import PageRoute, city_words, render
from gateway.portal.kit.paging import next_href, page_token
from services.kit.rpc.text import clean
from smartcity.environment.v1 import pickups_pb2
from smartcity.environment.v1 import pickups_views as views

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PATH = "/lingkungan/sampah"
MOST_WORDS = 60


@section("waste")
async def on_start(request: Request) -> dict[str, Any]:
    """Whether the city says anything of pick-up days: from memory."""
    return (await current_gateway(request).measuring.pickups.now())._asdict()


@router.get(PATH)
async def listed(request: Request, q: str = "", wilayah: str = "") -> Response:
    """Pick-up days by kelurahan, by name or kecamatan."""
    words = clean(q)[:MOST_WORDS]
    area = wilayah if city_words(request).city.area(wilayah) else ""
    pickups, made_up, token = await _pickups(request, words, area, page_token(request), 50)
    query = {name: value for name, value in (("q", words), ("wilayah", area)) if value}
    return render(
        request, "environment/waste.html", here="environment", pickups=pickups, made_up=made_up, q=words, area=area,
        next_href=next_href(PATH, token, **query),
    )  # fmt: skip


async def _pickups(
    request: Request, words: str, area: str, token: str, size: int
) -> tuple[list[views.Pickup], bool, str]:
    asked = pickups_pb2.ListPickupsRequest(q=words, area=area, page_token=token, page_size=size)
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    return [views.pickup(one) for one in answer.pickups], answer.made_up, answer.next_page_token
