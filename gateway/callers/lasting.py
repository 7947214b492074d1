"""Whether what a page keeps open may stay so: a stream ends with the login that opened it."""

from __future__ import annotations

from starlette.requests import Request

from gateway.answers.problems import Problem
from gateway.callers.bearers import Bearers
from gateway.callers.renewal import Renewals
from gateway.callers.session import SESSION_COOKIE, current_identity
from gateway.settings import GatewaySettings
from services.kit.caller import ANONYMOUS, Caller


async def login_holds(request: Request, caller: Caller) -> bool:
    """Whether the login that opened a stream still says the same of who this is; nobody has none that could end."""
    if caller == ANONYMOUS:
        return True
    parts = request.app.state.gateway
    session = current_identity(request).session
    if session is None:
        bearers: Bearers = parts.bearers
        _, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            return await bearers.caller(token.strip()) == caller
        except Problem:
            return False
    settings: GatewaySettings = parts.settings
    renewals: Renewals = parts.renewals
    found = await renewals.find(request.cookies.get(settings.cookie(SESSION_COOKIE), ""))
    return found is not None and found.caller == caller
