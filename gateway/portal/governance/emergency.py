"""The emergency number for everybody: when to call it, by which protocol, and how fast help is there."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.governance.dispatching import names, protocol
from gateway.portal.kit.crowds import for_crowds
from gateway.portal.kit.page import PageRoute, city_words, render
from smartcity.governance.v1 import incidents_pb2 as pb
from smartcity.governance.v1 import incidents_views as views

router = APIRouter(prefix="/112", route_class=PageRoute, include_in_schema=False)


@router.get("")
@for_crowds()
async def emergency(request: Request) -> Response:
    """The protocol as published, and response times against its targets; where none is, the number alone."""
    if not city_words(request).dispatches:
        return render(request, "governance/emergency.html", 409, protocol=None)
    known = await protocol(request)
    answer = await current_gateway(request).pillars.call(pb.GetResponseTimesRequest(), current_caller(request))
    return render(
        request, "governance/emergency.html", protocol=known, names=names(request, known),
        times=[views.response_time(each) for each in answer.times], first=answer.first_day, last=answer.last_day,
    )  # fmt: skip
