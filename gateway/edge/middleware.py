"""What holds for every answer: limits of time and size, security headers, CORS (pure ASGI)."""

import asyncio
from collections.abc import Callable
from contextlib import closing
from types import SimpleNamespace

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.answers.packing import takes_gzip
from gateway.answers.problems import CHALLENGE, Problem, answer
from gateway.bodies.body import Body
from gateway.bodies.flight import Flight
from gateway.callers.session import VISITOR_COOKIE
from gateway.edge import origins
from gateway.edge.admission import rate_headers
from gateway.edge.patience import Patience
from gateway.gateway import Gateway
from gateway.settings import GatewaySettings
from gateway.visitors.addresses import client_address
from services.kit import holding

_log = structlog.get_logger(__name__)

HOT = "/v1/city"
"""Path of the hottest read of all."""
_NOTHING = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""Content security policy of what is no page."""


class RequestLimits:
    """Bounds the body and the time of a request, and turns what nobody caught into a problem that leaks nothing.

    What a body may be is the route's to say (``gateway.bodies``).
    """

    def __init__(self, app: ASGIApp, settings: GatewaySettings) -> None:
        self._app = app
        self._settings = settings
        self._flight = Flight(settings.upload_bytes, settings.small_body_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        holding.serving(lambda: f"{scope['method']} {_named(scope)}")
        started = False
        body = Body(scope, receive, self._settings, self._flight)

        async def watched_receive() -> Message:
            message = await body.receive()
            patience.comes(message)
            return message

        async def watched_send(message: Message) -> None:
            nonlocal started
            started = True
            patience.goes(message)
            await send(message)

        try:
            async with asyncio.timeout(None) as timeout:
                with closing(Patience(timeout, self._settings)) as patience:
                    await self._app(scope, watched_receive, watched_send)
            return
        except Problem as caught:
            problem = caught
        except ClientDisconnect:
            return  # nobody is there to be answered
        except TimeoutError:
            _log.warning("request took too long", route=getattr(scope.get("route"), "path", ""))
            detail = "The request took too long. Send the same one again."
            problem = Problem(504, "REQUEST_TIMEOUT", detail, headers={"retry-after": "1"})
        except Exception:
            _log.exception("request failed", route=getattr(scope.get("route"), "path", ""))
            detail = "Something broke on our side. Quote the trace id when you report it."
            problem = Problem(500, "INTERNAL", detail)
        finally:
            body.close()
        if started:
            raise RuntimeError("the answer broke off half-way")  # the server closes the connection
        await answer(scope, problem)(scope, receive, send)


def _named(scope: Scope) -> str:
    """The template that serves a request, or the function where a route has none; never the address itself."""
    found = getattr(scope.get("route"), "path", "")
    return str(found or getattr(scope.get("endpoint"), "__qualname__", ""))


class HotReads:
    """Answers the city's home before everything else: ready bytes, a rate by address, and the headers of any answer.

    Whoever reads too much, shows a token (which may be forged), asks for something or uses another method goes the
    ordinary way.
    """

    def __init__(self, app: ASGIApp, settings: GatewaySettings, gateway: Callable[[], Gateway]) -> None:
        """``gateway`` is asked for at each request: it is made when the application starts."""
        self._app = app
        self._gateway = gateway
        self._route = SimpleNamespace(path=HOT)
        self._headers = [
            (b"content-type", b"application/json"),
            (b"cache-control", b"public, max-age=1"),
            (b"vary", b"Accept-Encoding"),
            (b"content-security-policy", _NOTHING.encode()),
            *_security_headers(settings),
            *origins.EVERYBODY,
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != HOT or scope["method"] != "GET" or scope["query_string"]:
            await self._app(scope, receive, send)
            return
        gateway, given = self._gateway(), Headers(scope=scope)
        if "authorization" in given:
            await self._app(scope, receive, send)
            return
        policy = gateway.limits.read
        verdict = gateway.limits.take(policy, client_address(scope, given, gateway.trusted))
        if not verdict.passed:
            await self._app(scope, receive, send)
            return
        scope["route"] = self._route  # names the span
        small = takes_gzip(given.get("accept-encoding", ""))
        body = gateway.home.packed if small else gateway.home.body
        headers = [*self._headers, (b"content-length", b"%d" % len(body)), *rate_headers(policy, verdict)]
        if small:
            headers.append((b"content-encoding", b"gzip"))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class AnswerHeaders:
    """Adds security headers, what the admission wants said, the visitor's cookie, and CORS to the API."""

    def __init__(self, app: ASGIApp, settings: GatewaySettings) -> None:
        self._app = app
        self._settings = settings
        self._always = _security_headers(settings)
        # A form's redirect counts too (logout goes on to the provider), so its origin is an allowed action.
        self._form_action = " ".join(("'self'", *_origins(settings.oidc_issuer)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_open = origins.is_open(scope["path"])
        if is_open and scope["method"] == "OPTIONS":
            await origins.preflight()(scope, receive, send)
            return
        state = scope.setdefault("state", {})

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers: list[tuple[bytes, bytes]] = message.setdefault("headers", [])
                headers += self._always
                headers += state.get("headers", ())
                if is_open:
                    headers += origins.EVERYBODY
                self._finish(state, MutableHeaders(raw=headers))
                if message["status"] == 401:
                    MutableHeaders(raw=headers).setdefault("www-authenticate", CHALLENGE)
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _finish(self, state: dict[str, str], headers: MutableHeaders) -> None:
        headers.setdefault("cache-control", "no-store")
        if headers.get("content-type", "").startswith("text/html"):
            headers.setdefault("content-security-policy", self._page_policy(state.get("nonce", "")))
            headers["permissions-policy"] = "geolocation=(self), camera=(self), microphone=(), payment=()"
        else:
            headers.setdefault("content-security-policy", _NOTHING)
        if visitor := state.get("new_visitor"):
            headers.append("set-cookie", self._visitor_cookie(visitor))

    def _page_policy(self, nonce: str) -> str:
        own = f"'self' 'nonce-{nonce}'" if nonce else "'self'"
        return (
            f"default-src 'none'; script-src {own}; style-src {own}; img-src 'self' data: blob:; font-src 'self'; "
            f"connect-src 'self'; manifest-src 'self'; form-action {self._form_action}; "
            "frame-ancestors 'none'; base-uri 'none'"
        )

    def _visitor_cookie(self, visitor: str) -> str:
        secure = "; Secure" if self._settings.secure else ""
        return f"{self._settings.cookie(VISITOR_COOKIE)}={visitor}; Path=/; HttpOnly; SameSite=Lax{secure}"


def _origins(url: str) -> tuple[str, ...]:
    return ("/".join(url.split("/", 3)[:3]),) if url else ()


def _security_headers(settings: GatewaySettings) -> list[tuple[bytes, bytes]]:
    """What every answer says to browsers."""
    headers = [
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),
        (b"cross-origin-opener-policy", b"same-origin"),
    ]
    if settings.secure and settings.mode == "production":
        headers.append((b"strict-transport-security", b"max-age=31536000; includeSubDomains"))
    return headers
