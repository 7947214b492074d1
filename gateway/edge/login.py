"""Login and logout: OpenID Connect code flow with PKCE; the session stays on our side."""

import secrets
import time
from typing import Annotated
from urllib.parse import urlencode, urlsplit

import structlog
from fastapi import APIRouter, Depends, Request
from joserfc import jwt
from joserfc.jwk import OctKey
from starlette.responses import RedirectResponse, Response

from gateway.answers.addresses import own_address
from gateway.answers.problems import Problem
from gateway.bodies.kinds import SMALL
from gateway.callers.attesting import attest
from gateway.callers.bearers import caller_of
from gateway.callers.left import left_before, remember
from gateway.callers.session import COOKIE_REST, SESSION_COOKIE, FormChecked, check_logout, current_session
from gateway.gateway import Gateway, current_gateway
from services.kit.signing import opened

_log = structlog.get_logger(__name__)
router = APIRouter(prefix="/auth", include_in_schema=False)

HALF_WAY = "/keluar"
"""The page that says what a logout did while the database was away."""
LOGIN_COOKIE = "login"
LOGIN_SECONDS = 600
"""How long somebody may take at the provider's login page."""

Parts = Annotated[Gateway, Depends(current_gateway)]


@router.get("/login")
async def login(request: Request, parts: Parts, next: str = "/") -> Response:  # noqa: A002 - the usual name in the URL
    """Sends the browser to the identity provider and remembers where it wants to go."""
    settings = parts.settings
    if request.headers.get("host", "") != urlsplit(settings.public_url).netloc:
        # Cookies of another host name (localhost, 127.0.0.1) would not come back with the answer.
        return RedirectResponse(f"{settings.origin}/auth/login?{urlencode({'next': own_address(next)})}", 303)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    url = await parts.provider.authorization_url(state, nonce, verifier)
    claims = {"s": state, "n": nonce, "v": verifier, "to": own_address(next), "exp": int(time.time()) + LOGIN_SECONDS}
    answer = RedirectResponse(url, 303)
    answer.set_cookie(
        settings.cookie(LOGIN_COOKIE),
        jwt.encode({"alg": "HS256"}, claims, _key(parts)),
        max_age=LOGIN_SECONDS,
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )
    return answer


@router.get("/callback")
async def callback(
    request: Request, parts: Parts, code: str = "", state: str = "", error: str = "", iss: str | None = None
) -> Response:
    """Takes the provider's answer, checks it and begins a session."""
    settings = parts.settings
    pending = _pending(request, parts)
    if not state or not secrets.compare_digest(state.encode(), str(pending.get("s", "")).encode()):
        raise Problem(400, "LOGIN_STATE_UNKNOWN", "This login was not begun in this browser, or is too old. Try again.")
    if error or not code:
        _log.info("login refused by provider", error=error[:100])
        raise Problem(401, "LOGIN_REFUSED", "The identity provider did not let you in. You can try again.")
    await parts.provider.check_answers_issuer(iss)
    found = await parts.provider.redeem(code, str(pending["n"]), str(pending["v"]))
    name = str(found.claims.get("name") or found.claims.get("preferred_username") or "")[:200]
    caller = caller_of(found.claims)
    before = current_session(request)
    if before is not None:
        await parts.sessions.end(before)
    sid = found.claims.get("sid")
    token, _ = await parts.sessions.create(
        caller, name, found.id_token, sid=sid if isinstance(sid, str) else "", refresh_token=found.refresh_token
    )
    await attest(parts.pillars, settings, caller, found.claims)
    _log.info("login", roles=sorted(caller.roles), agency=caller.agency)
    answer = RedirectResponse(own_address(str(pending.get("to", "/"))), 303)
    answer.delete_cookie(settings.cookie(LOGIN_COOKIE), path="/", secure=settings.secure, httponly=True)
    answer.set_cookie(
        settings.cookie(SESSION_COOKIE),
        token,
        max_age=int(settings.session_hours * 3600 + COOKIE_REST.total_seconds()),
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )
    remember(request, answer)
    return answer


def _check_leaving(request: Request, given: str) -> None:
    """As ``check_logout``; whoever has logged out in another tab already is out, and told nothing else."""
    if current_session(request) is not None or not left_before(request, given):
        check_logout(request, given)


@router.post("/logout", dependencies=[Depends(FormChecked(SMALL, _check_leaving))])
async def logout(request: Request, parts: Parts) -> Response:
    """Ends the session here and, where it can, at the provider; the browser forgets it whatever is away.

    While the database is away a page says that the session itself goes on until it expires.
    """
    session, url = current_session(request), _home(parts)
    ended = not getattr(request.state, "session_unknown", False)
    if session is not None:
        try:
            await parts.sessions.end(session)
            _log.info("logout")
            url = await parts.provider.logout_url(session.id_token, url)
        except Problem as problem:  # whoever sits at this browser next is not let in for that
            _log.warning("logout in the browser alone", reason=problem.reason)
            ended = False
    answer = RedirectResponse(url if ended else f"{parts.settings.origin}{HALF_WAY}", 303)
    answer.delete_cookie(
        parts.settings.cookie(SESSION_COOKIE), path="/", secure=parts.settings.secure, httponly=True, samesite="lax"
    )
    remember(request, answer)
    return answer


def _home(parts: Gateway) -> str:
    """Where a logout ends: the portal's home, as registered at the provider."""
    return f"{parts.settings.origin}/"


def _key(parts: Gateway) -> OctKey:
    return OctKey.import_key(parts.settings.session_secret.get_secret_value().encode())


def _pending(request: Request, parts: Gateway) -> dict[str, object]:
    """What we remembered of the login under way; empty when there is none."""
    cookie = request.cookies.get(parts.settings.cookie(LOGIN_COOKIE), "")
    try:
        claims = dict(opened(cookie, _key(parts), ["HS256"]).claims)
    except ValueError:
        return {}
    return claims if float(claims.get("exp", 0)) > time.time() else {}
