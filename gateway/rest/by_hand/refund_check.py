"""Whether a refund is possible: the amount is a number in the query, of the city's currency."""

import re

from starlette.requests import Request
from starlette.responses import Response

from gateway.answers.problems import FieldError
from gateway.bodies.kinds import JSON
from gateway.callers.session import current_caller
from gateway.gateway import Gateway
from gateway.rest.answering import PRIVATE, encode
from gateway.rest.route import by_hand
from gateway.rest.values import refusal
from smartcity.economy.v1 import payments_pb2 as pb2
from smartcity.economy.v1 import payments_views as views
from smartcity.types.v1.money_pb2 import Money

MOST_UNITS = 10**12
_UNITS = {
    "name": "units",
    "in": "query",
    "description": "How much, whole units; all that is left when left out.",
    "schema": {"type": "integer", "minimum": 1, "maximum": MOST_UNITS},
}


@by_hand(
    "GET",
    "/v1/payments/{payment}/refund-check",
    pb2.CheckRefundRequest,
    "checkRefund",
    only=("payment",),
    parameters=[_UNITS],
    answers="CheckRefundResponse",
)
async def check(parts: Gateway, request: Request, message: pb2.CheckRefundRequest) -> Response:
    """Says whether and how a payment can be given back now, and who must agree. Changes nothing."""
    text = request.query_params.get("units")
    if text is not None:
        if not re.fullmatch(r" *[0-9]{1,13} *", text) or not 1 <= int(text) <= MOST_UNITS:
            raise refusal([FieldError("units", f"is not a whole number from 1 to {MOST_UNITS:,}")])
        message.amount.CopyFrom(Money(currency=parts.city.currency, units=int(text)))
    found = await parts.pillars.call(message, current_caller(request))
    return Response(encode(views.check_refund_response(found)), headers=PRIVATE, media_type=JSON)
