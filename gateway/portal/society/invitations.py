"""The way from something that has ended to the page on which the service is judged."""

from __future__ import annotations

import grpc.aio
from starlette.requests import Request

from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from smartcity.society.v1 import satisfaction_pb2 as pb


async def offered(request: Request, kind: pb.EndedKind.ValueType, code: str) -> str:
    """The code by which a service can be judged; empty where nobody is asked, or it was used, or the pillar is away.

    Only for pages whose reader has shown that it is their case, their payment or their order.
    """
    pillars = current_gateway(request).pillars
    try:
        asked = pb.OfferInvitationRequest(kind=kind, code=code)
        return (await pillars.call(asked, current_caller(request), retry=False)).link_key
    except grpc.aio.AioRpcError:
        return ""  # the question is not worth the page
