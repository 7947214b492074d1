"""Cases that may be the same matter, as a page shows them beside a report or a case."""

from __future__ import annotations

import grpc.aio
from starlette.requests import Request

from gateway.gateway import current_gateway
from services.kit.caller import Caller
from services.kit.rpc.rules import fields_of
from smartcity.governance.v1 import complaints_pb2 as pb
from smartcity.governance.v1 import complaints_views as views
from smartcity.types.v1.place_pb2 import Point

_REQUEST = pb.ListSimilarComplaintsRequest.DESCRIPTOR
(_COMPARED,) = (field.rules.max_len for field in fields_of(_REQUEST) if field.name == "text")
"""Characters that are compared."""


async def alike(
    request: Request, caller: Caller, *, text: str, category: str, area_code: str, point: tuple[float, float] | None
) -> list[views.SimilarComplaint]:
    """The likeliest first; none without a place to compare, or while the pillar does not answer."""
    if not (area_code or point):
        return []
    asked = pb.ListSimilarComplaintsRequest(text=text[:_COMPARED], category=category, area_code=area_code)
    if point:
        asked.location.CopyFrom(Point(lon=point[0], lat=point[1]))
    try:
        answer = await current_gateway(request).pillars.call(asked, caller)
    except grpc.aio.AioRpcError:
        return []
    return [views.similar_complaint(each) for each in answer.complaints]
