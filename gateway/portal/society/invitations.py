"""The way from something that has ended to the page on which the service is judged.

The code of an invitation is in no address, so that no log has it: a cookie of that page alone takes it there.
"""

from __future__ import annotations

import re

import grpc.aio
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.kit import kept as keeping
from smartcity.society.v1 import satisfaction_pb2 as pb

_NAME = "invitation"
_CODE = re.compile(r"[0-9A-Za-z_-]{1,64}")


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


def keep_and_go(request: Request, path: str, code: str) -> Response:
    """Leads to the page of an invitation, which can be come back to; kept until it is answered or the browser ends."""
    response = RedirectResponse(path, 303)
    if _CODE.fullmatch(code):  # no code of ours is anything else, and no header holds it
        keeping.keep(request, response, _NAME, code, path)
    return response


def kept(request: Request) -> str:
    """The code that this browser came to its page with; empty where it has none."""
    return keeping.kept(request, _NAME)[:64]


def drop(request: Request, response: Response, path: str) -> None:
    """Forgets it."""
    keeping.drop(request, response, _NAME, path)
