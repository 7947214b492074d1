"""Logout told by the identity provider, server to server (OpenID Connect Back-Channel Logout 1.0)."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from gateway.answers.problems import Problem
from gateway.bodies.forms import read_form
from gateway.bodies.kinds import SMALL
from gateway.callers.subjects import subject_of
from gateway.callers.tokens import LEEWAY_SECONDS, LOGOUT_SECONDS, TokenRefused
from gateway.gateway import Gateway, current_gateway
from services.kit.database.lost import LOST

_log = structlog.get_logger(__name__)
router = APIRouter(prefix="/auth", include_in_schema=False)

PATH = "/auth/backchannel-logout"
"""The address to register at the provider."""
USED_FOR = timedelta(seconds=2 * (LOGOUT_SECONDS + LEEWAY_SECONDS))
"""How long a used token is remembered: longer than it is taken."""


@router.post("/backchannel-logout")
async def backchannel_logout(request: Request, parts: Annotated[Gateway, Depends(current_gateway)]) -> Response:
    """Ends the sessions that a logout token names, whichever gateway began them.

    200 when they are ended, even if there were none; 400 otherwise, as the standard asks for.
    """
    form = await read_form(request, SMALL)
    try:
        claims = await parts.provider.logout(next(iter(form.values("logout_token")), ""))
    except TokenRefused as error:
        raise Problem(400, "LOGOUT_TOKEN_REFUSED", f"The logout token was refused: {error}.") from error
    subject = subject_of(claims["sub"]) if "sub" in claims else ""
    try:
        new = await parts.sessions.end_login(
            claims["jti"], datetime.now(UTC) + USED_FOR, subject, claims.get("sid", "")
        )
    except LOST as error:
        raise Problem(400, "LOGOUT_FAILED", "The logout did not happen. Send a new logout token.") from error
    if not new:
        raise Problem(400, "LOGOUT_TOKEN_REFUSED", "The logout token was refused: it was used before.")
    _log.info("logout by the identity provider", one_login="sid" in claims)
    return Response(status_code=200, headers={"cache-control": "no-store"})
