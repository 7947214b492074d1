"""Where vehicles are, live."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.city.vehicles import LEFT_OUT
from gateway.gateway import Gateway
from gateway.rest.route import by_hand
from gateway.streams.events import Stream
from smartcity.living.v1 import vehicles_pb2 as pb2
from smartcity.living.v1 import vehicles_views as views

_WHOLE = views.SCHEMAS["Vehicle"]
_ROW = {
    "type": "object",
    "required": [name for name in _WHOLE["required"] if name not in LEFT_OUT],
    "properties": {name: one for name, one in _WHOLE["properties"].items() if name not in LEFT_OUT},
}
_DATA = {
    "type": "object",
    "required": ["vehicles", "gone"],
    "properties": {
        "vehicles": {"type": "array", "items": _ROW},
        "gone": {"type": "array", "items": {"type": "string"}},
    },
}
_EVENT = {
    "type": "object",
    "required": ["event", "data"],
    "properties": {
        "event": {"const": "vehicles"},
        "data": {"type": "string", "contentMediaType": "application/json", "contentSchema": _DATA},
    },
}
_RESPONSES: dict[str, Any] = {
    "200": {
        "description": "Server-sent events, each of this form.",
        "content": {"text/event-stream": {"schema": _EVENT}},
    },
}


@by_hand(
    "GET",
    "/v1/vehicle-events",
    pb2.ListVehiclesRequest,
    "followVehicles",
    only=(),
    responses=_RESPONSES,
    lenient=True,
)
async def events(parts: Gateway, request: Request, message: pb2.ListVehiclesRequest) -> Response:
    """Follows all vehicles live: sends an event `vehicles` at once with all in service, then those that have changed.

    `gone` names those that are in service no more. The stops ahead and `age_seconds` are left out; `/v1/vehicles/{id}`
    has them. The stream ends after ten minutes; a browser's `EventSource` connects again by itself. Who does not
    accept `text/event-stream` by name gets the first event alone.
    """
    once = Stream.media_type not in request.headers.get("accept", "")
    if once:  # a stream waits for what cannot be read now; an answer of one event says so instead of being empty
        await parts.vehicles.rows.now()
    return parts.fleet.stream(request.state.address, once=once)
