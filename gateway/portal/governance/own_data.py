"""What somebody gave the city with a report, or with joining one: how it stands, as far as their key shows it."""

from __future__ import annotations

import grpc
import grpc.aio
from starlette.requests import Request
from starlette.responses import Response

from gateway.gateway import current_gateway
from gateway.portal.governance import link_keys
from gateway.portal.kit.page import render
from smartcity.governance.v1 import mail_pb2, mail_views


async def mail_of(request: Request, code: str, key: str) -> mail_views.GetContactMailResponse | None:
    """How mail to the holder of a key stands, reporter or supporter; None when it is nobody's key."""
    pillars, asked = current_gateway(request).pillars, mail_pb2.GetContactMailRequest(code=code, link_key=key)
    try:
        answer = await pillars.call(asked, link_keys.public_caller(request))
    except grpc.aio.AioRpcError as error:
        if error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
            raise
        return None
    return mail_views.get_contact_mail_response(answer)


async def alone(request: Request, code: str, key: str, done: str = "") -> Response | None:
    """What somebody gave with joining a case that is kept secret since, and nothing of the case; None when this is
    nobody's key.
    """
    found = await mail_of(request, code, key) if key else None
    if found is None or not found.supporter:
        return None
    return render(request, "governance/case_hidden.html", private=True, here="track", code=code, mine=found, done=done)


async def holds_key(request: Request, code: str, key: str) -> bool:
    """Whether this is the key of a supporter of the case."""
    found = await mail_of(request, code, key)
    return found is not None and found.supporter
