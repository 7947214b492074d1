"""The QRIS of a payment as a picture."""

from starlette.requests import Request
from starlette.responses import Response

from gateway.answers import qr
from gateway.callers.session import current_caller
from gateway.gateway import Gateway
from gateway.rest.route import by_hand
from smartcity.economy.v1 import payments_pb2 as pb2


@by_hand("GET", "/v1/payments/{id}/qr.svg", pb2.GetPaymentRequest, "getPaymentQrSvg", file="image/svg+xml")
async def svg(parts: Gateway, request: Request, message: pb2.GetPaymentRequest) -> Response:
    """Draws the QRIS of a payment to scale. There is one once it was presented, while it can be paid."""
    return await _drawn(parts, request, message, "svg")


@by_hand("GET", "/v1/payments/{id}/qr.png", pb2.GetPaymentRequest, "getPaymentQrPng", file="image/png")
async def png(parts: Gateway, request: Request, message: pb2.GetPaymentRequest) -> Response:
    """Draws the QRIS of a payment, to be kept on a phone. There is one once it was presented, while it can be paid."""
    return await _drawn(parts, request, message, "png")


async def _drawn(parts: Gateway, request: Request, message: pb2.GetPaymentRequest, kind: qr.Kind) -> Response:
    payment = (await parts.pillars.call(message, current_caller(request))).payment
    return qr.answer(payment.qr, kind, payment.code)
