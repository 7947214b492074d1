"""Which login a browser left last: pages that were opened under it may still stand in other tabs."""

from starlette.requests import Request
from starlette.responses import Response

from gateway.callers.identity import Cookie
from gateway.callers.sealing import sealed, unsealed
from gateway.callers.session import COOKIE_REST, fits
from gateway.settings import GatewaySettings

LEFT_COOKIE = "left"


def remember(request: Request, answer: Response) -> None:
    """Lets the browser say later which login it leaves with this answer; nobody comes back in by that."""
    cookie: Cookie | None = getattr(request.state, "cookie", None)
    if cookie is None or not cookie.login:
        return
    settings = _settings(request)
    answer.set_cookie(
        settings.cookie(LEFT_COOKIE),
        sealed(f"{cookie.digest.hex()} {cookie.login}", _key(settings), _purpose(request)),
        max_age=int(COOKIE_REST.total_seconds()),
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )


def left_before(request: Request, given: str) -> str:
    """The login that ``given`` is the token of a page of, where this browser left it last; empty for any other."""
    settings = _settings(request)
    text = request.cookies.get(settings.cookie(LEFT_COOKIE), "")
    digest, _, login = unsealed(text, _key(settings), _purpose(request)).partition(" ")
    return login if digest and fits(request, given, Cookie(bytes.fromhex(digest), login, 0)) else ""


def _settings(request: Request) -> GatewaySettings:
    found: GatewaySettings = request.app.state.gateway.settings
    return found


def _key(settings: GatewaySettings) -> bytes:
    return settings.session_secret.get_secret_value().encode()


def _purpose(request: Request) -> str:
    return f"left\n{getattr(request.state, 'visitor', '')}"
