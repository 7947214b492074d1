"""What the pages of a merchant's desk share: the merchant, and the calls that several of them make."""

from __future__ import annotations

from starlette.requests import Request

from gateway.gateway import current_gateway
from services.kit.caller import Caller
from smartcity.economy.v1 import merchants_pb2 as pb
from smartcity.economy.v1 import merchants_views as views

MCCS = ("5814", "5812", "5411", "5499", "5631", "5699", "5947", "7230", "7699", "4121", "7011", "7991", "5999")
"""Merchant category codes (ISO 18245) that micro businesses choose from; their words are texts."""


async def merchant_of(request: Request, merchant: str, caller: Caller) -> views.Merchant:
    """The merchant with that identifier, where the caller may see it."""
    pillars = current_gateway(request).pillars
    answer = await pillars.call(pb.GetMerchantRequest(id=merchant), caller)
    return views.merchant(answer.merchant)


def path_of(merchant: str) -> str:
    """Path of a merchant's desk."""
    return f"/usaha/{merchant}"
