"""The printed QRIS of a merchant as a picture."""

from starlette.requests import Request
from starlette.responses import Response

from gateway.answers import qr
from gateway.callers.session import current_caller
from gateway.gateway import Gateway
from gateway.rest.route import by_hand
from smartcity.economy.v1 import merchants_pb2 as pb2


@by_hand(
    "GET",
    "/v1/merchants/{merchant}/qr.svg",
    pb2.GetStaticQrRequest,
    "getMerchantQrSvg",
    file="image/svg+xml",
    refusals=(409,),
)
async def svg(parts: Gateway, request: Request, message: pb2.GetStaticQrRequest) -> Response:
    """Draws the merchant's printed QRIS to scale. It is static: the payer types the amount."""
    return await _drawn(parts, request, message, "svg")


@by_hand(
    "GET",
    "/v1/merchants/{merchant}/qr.png",
    pb2.GetStaticQrRequest,
    "getMerchantQrPng",
    file="image/png",
    refusals=(409,),
)
async def png(parts: Gateway, request: Request, message: pb2.GetStaticQrRequest) -> Response:
    """Draws the merchant's printed QRIS, to print. It is static: the payer types the amount."""
    return await _drawn(parts, request, message, "png")


async def _drawn(parts: Gateway, request: Request, message: pb2.GetStaticQrRequest, kind: qr.Kind) -> Response:
    found = await parts.pillars.call(message, current_caller(request))
    return qr.answer(found.payload, kind, f"qris-{message.merchant}")
