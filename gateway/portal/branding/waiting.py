"""A place in a waiting room: how many are before it; when its turn has come, the order."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.branding import ticket_keys
from gateway.portal.branding.ticket_sales import ALL, ORDERS, WAITING
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.page import PageRoute, render
from smartcity.branding.v1 import waiting_pb2 as pb
from smartcity.branding.v1 import waiting_views as views

KEYED = {"WAITING_PLACE_NOT_FOUND": ALL}
"""Reasons of what is not found without its link or its login, and where all of it is."""
_SOON, _RARELY = 5, 60
"""Seconds until a page is asked again how it stands: while turns come, and at most before they do."""
router = APIRouter(prefix=WAITING, route_class=PageRoute, include_in_schema=False)


@router.get("/{id}")
async def shown(request: Request, id: Identifier, k: str = "") -> Response:  # noqa: A002
    """The place; a key in the address is kept and leaves it. The order that it became is opened by the same key."""
    if k:
        return ticket_keys.keep_and_go(request, f"{WAITING}/{id}", k)
    key = ticket_keys.key_of(request)
    asked = pb.GetWaitingPlaceRequest(id=id, link_key=key)
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    place = views.waiting_place(answer.place)
    if place.order:
        return ticket_keys.keep_and_go(request, f"{ORDERS}/{place.order}", key)
    now = datetime.now(UTC)
    return render(
        request, "branding/waiting.html", private=True, here="branding", place=place, base=f"{WAITING}/{place.id}",
        link=ticket_keys.link_of(request, f"{WAITING}/{place.id}"), ask=_ask(place.open_time, now), at=now,
    )  # fmt: skip


def _ask(opens: datetime | None, now: datetime) -> int:
    """In how many seconds a page asks again: no turn comes before the sale opens."""
    ahead = math.ceil((opens - now).total_seconds()) if opens else 0
    return min(max(ahead, _SOON), _RARELY)
