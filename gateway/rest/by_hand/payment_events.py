"""What happens to a payment, live."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.answers.problems import FieldError
from gateway.callers.lasting import login_holds
from gateway.callers.session import current_caller
from gateway.gateway import Gateway
from gateway.rest.route import by_hand
from gateway.rest.values import refusal
from gateway.streams.payments import is_final
from smartcity.economy.v1 import payments_pb2 as pb2

_LAST = {
    "name": "Last-Event-ID",
    "in": "header",
    "description": "Id of the last event that arrived.",
    "schema": {"type": "string", "maxLength": 64},
}
_DATA = {"contentMediaType": "application/json", "contentSchema": {"$ref": "#/components/schemas/Payment"}}
_EVENT = {
    "type": "object",
    "required": ["event", "id", "data"],
    "properties": {"event": {"const": "payment"}, "id": {"type": "string"}, "data": {"type": "string", **_DATA}},
}
_RESPONSES: dict[str, Any] = {
    "200": {
        "description": "Server-sent events, each of this form.",
        "content": {"text/event-stream": {"schema": _EVENT}},
    },
    "204": {"description": "You have seen the last event (`Last-Event-ID`): do not connect again."},
}


@by_hand(
    "GET",
    "/v1/payments/{id}/events",
    pb2.GetPaymentRequest,
    "followPayment",
    parameters=[_LAST],
    responses=_RESPONSES,
    lenient=True,
)
async def events(parts: Gateway, request: Request, message: pb2.GetPaymentRequest) -> Response:
    """Follows a payment live: sends an event `payment` at once and whenever it changes, with the payment as its data.

    The stream ends after a final state or after ten minutes; a browser's `EventSource` connects again by itself.
    """
    last = request.headers.get("last-event-id", "")
    if len(last) > 64:
        raise refusal([FieldError("Last-Event-ID", "has more than 64 characters")])
    who = current_caller(request)
    payment = (await parts.pillars.call(message, who)).payment
    if last and last == payment.etag and is_final(payment):
        return Response(status_code=204)
    return parts.live.stream(payment, who, lambda: login_holds(request, who), request.state.address)
