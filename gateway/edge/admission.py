"""Who may come in: identity, rates and the CSRF rule, decided before any route runs (pure ASGI)."""

import re
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.answers import snap
from gateway.answers.problems import CHALLENGE, Problem, answer
from gateway.bodies import entries
from gateway.callers.identity import NOBODY, Identity
from gateway.callers.limits import Policy, Verdict
from gateway.callers.session import CSRF_HEADER, SESSION_COOKIE, VISITOR_COOKIE, check_csrf
from gateway.edge import backchannel, origins
from gateway.gateway import Gateway
from gateway.visitors.addresses import client_address
from services.kit.caller import Caller

FREE = ("/livez", "/readyz", "/static/", "/favicon.ico")
"""Paths that cost nothing and say nothing: no identity, no rate."""
CALLBACK = "/auth/callback"
LOGOUT = "/auth/logout"
SENSORS = "/sta/"
"""Below it anything may be asked of what measures, which costs more than other reads."""
JOURNEYS = frozenset({"/v1/journeys", "/transit"})
"""Where journeys are searched, once something is asked."""
CORRECTIONS = re.compile("/v1/(?:facilities|destinations)/[^/]*/corrections|/sekitar/[^/]*|/wisata/tempat/[^/]*")
"""Where it is said what is wrong about a facility or a destination: each takes an officer's time."""
READS = frozenset({"GET", "HEAD", "OPTIONS"})


class Admission:
    """ASGI middleware; sets ``request.state.identity`` and refuses what may not pass."""

    def __init__(self, app: ASGIApp, gateway: Callable[[], Gateway]) -> None:
        """``gateway`` is asked for at each request: it is made when the application starts."""
        self._app = app
        self._gateway = gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(FREE):
            await self._app(scope, receive, send)
            return
        gateway = self._gateway()
        try:
            await _admit(gateway, scope)
        except Problem as problem:
            await entries.read(Request(scope, receive), gateway.settings)
            await answer(scope, problem)(scope, receive, send)
            return
        await self._app(scope, receive, send)


async def _admit(gateway: Gateway, scope: Scope) -> None:
    headers = Headers(scope=scope)
    state = scope.setdefault("state", {})
    address = state["address"] = client_address(scope, headers, gateway.trusted)
    reading = scope["method"] in READS
    if snap.is_banks(scope["path"]):  # its tokens are the pillar's, and it comes without cookies
        state["identity"] = NOBODY
        _charge(state, gateway.limits.bank, gateway.limits.take(gateway.limits.bank, address))
        return
    authorization, cookie = headers.get("authorization"), headers.get("cookie")
    if origins.is_open(scope["path"]) and origins.is_foreign(headers, gateway.settings):
        cookie = None
    if authorization is None and cookie is None:
        identity = NOBODY
    else:
        leaving = scope["path"] == LOGOUT
        identity = await _identify(gateway, state, authorization, cookie_parser(cookie or ""), address, leaving=leaving)
    state["identity"] = identity
    known = identity is not NOBODY
    limits = gateway.limits
    if reading or scope["path"] == backchannel.PATH:  # when many log out at once, the provider tells of each
        policy = limits.read
    else:
        policy = limits.write if known else limits.anonymous_write
    who = identity.caller.subject if known else address
    if scope["path"] == CALLBACK:  # each asks the provider, whatever code it brings
        policy, who = limits.provider, address
    elif not known and not reading and CORRECTIONS.fullmatch(scope["path"]):
        policy = limits.corrections
    elif scope["path"].startswith(SENSORS) and reading:
        policy = limits.sensors
    elif scope["path"] in JOURNEYS and reading and scope["query_string"]:
        policy = limits.journeys
    _charge(state, policy, limits.take(policy, who))
    if identity.session is not None and not reading and scope["path"].startswith("/v1"):
        check_csrf(Request(scope), headers.get(CSRF_HEADER, ""))


async def _identify(
    gateway: Gateway, state: dict[str, object], authorization: str | None, cookies: dict[str, str], address: str,
    *, leaving: bool,
) -> Identity:  # fmt: skip
    """A bearer token goes before a cookie: whoever sends one means it.

    Who is leaving goes on though nobody can tell whether the session lives: the cookie ends in any case.
    """
    settings = gateway.settings
    state["visitor"] = cookies.get(settings.cookie(VISITOR_COOKIE), "")
    if authorization is not None:
        return Identity(await _bearer(gateway, state, authorization, address))
    token = cookies.get(settings.cookie(SESSION_COOKIE), "")
    state["cookie"] = gateway.sessions.read(token) if token else None
    try:
        session = await gateway.renewals.find(token) if token else None
    except Problem:
        if not leaving:
            raise
        session, state["session_unknown"] = None, True
    state["login_ended"] = bool(token) and session is None
    return Identity(session.caller, session) if session else NOBODY


async def _bearer(gateway: Gateway, state: dict[str, object], authorization: str, address: str) -> Caller:
    """Who sends a token. One that has to be looked at, or was refused, costs the address before it is looked at."""
    limits, bearers = gateway.limits, gateway.bearers
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    understood = scheme.lower() == "bearer" and token
    caller = bearers.known(token) if understood else None
    if caller is not None:
        return caller
    policy = limits.provider if understood and bearers.asks(token) else limits.read
    _charge(state, policy, limits.take(policy, address))
    if not understood:
        detail = "Only 'Authorization: Bearer <token>' is understood, with a token of the identity provider."
        headers = {"www-authenticate": f'{CHALLENGE}, error="invalid_request"'}
        raise Problem(401, "AUTHORIZATION_NOT_UNDERSTOOD", detail, headers=headers)
    return await bearers.caller(token)


def _charge(state: dict[str, object], policy: Policy, verdict: Verdict) -> None:
    state["headers"] = rate_headers(policy, verdict)
    if not verdict.passed:
        detail = f"That was more than {policy.quota} requests in {policy.window} seconds. Wait {verdict.wait} s."
        raise Problem(429, "RATE_LIMITED", detail, headers={"retry-after": str(verdict.wait)})


def rate_headers(policy: Policy, verdict: Verdict) -> list[tuple[bytes, bytes]]:
    """What an answer tells about the caller's rate."""
    limit = f'"{policy.name}";r={verdict.left};t={verdict.wait}'.encode()
    return [(b"ratelimit-policy", policy.header), (b"ratelimit", limit)]
