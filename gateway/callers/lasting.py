"""Whether what a page keeps open may stay so: a stream ends with the login that opened it."""

from __future__ import annotations

from starlette.requests import Request

from gateway.answers.problems import Problem
from gateway.callers.session import SESSION_COOKIE, current_identity
from gateway.gateway import Gateway
from services.kit.caller import Caller


async def login_holds(gateway: Gateway, request: Request, caller: Caller) -> bool:
    """Whether the login that opened a stream still says the same of who this is."""
    session = current_identity(request).session
    if session is None:
        _, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            return await gateway.bearers.caller(token.strip()) == caller
        except Problem:
            return False
    token = request.cookies.get(gateway.settings.cookie(SESSION_COOKIE), "")
    found = await gateway.renewals.find(token)
    return found is not None and found.caller == caller
