"""Which logins a browser left: pages that were opened under them may still stand in other tabs."""

from starlette.requests import Request
from starlette.responses import Response

from gateway.callers.identity import Cookie
from gateway.callers.sealing import sealed, unsealed
from gateway.callers.session import COOKIE_REST, fits
from gateway.settings import GatewaySettings

LEFT_COOKIE = "left"
_MOST = 4
"""Logins that are remembered, the last first: a browser that more people than these share offers a form as usual."""


def remember(request: Request, answer: Response) -> None:
    """Lets the browser say later which login it leaves with this answer; nobody comes back in by that."""
    cookie: Cookie | None = getattr(request.state, "cookie", None)
    if cookie is None or not cookie.login:
        return
    settings = _settings(request)
    left = dict.fromkeys([(cookie.digest.hex(), cookie.login), *_left(request)])
    answer.set_cookie(
        settings.cookie(LEFT_COOKIE),
        sealed("\n".join(map(" ".join, list(left)[:_MOST])), _key(settings), _purpose(request)),
        max_age=int(COOKIE_REST.total_seconds()),
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )


def left_before(request: Request, given: str) -> str:
    """The login that ``given`` is the token of a page of, where this browser left it lately; empty for any other."""
    for digest, login in _left(request):
        if fits(request, given, Cookie(bytes.fromhex(digest), login, 0)):
            return login
    return ""


def _left(request: Request) -> list[tuple[str, str]]:
    """Digests of sessions, in hexadecimal digits, with their logins."""
    settings = _settings(request)
    text = unsealed(request.cookies.get(settings.cookie(LEFT_COOKIE), ""), _key(settings), _purpose(request))
    return [(digest, login) for digest, _, login in (line.partition(" ") for line in text.splitlines())]


def _settings(request: Request) -> GatewaySettings:
    found: GatewaySettings = request.app.state.gateway.settings
    return found


def _key(settings: GatewaySettings) -> bytes:
    return settings.session_secret.get_secret_value().encode()


def _purpose(request: Request) -> str:
    return f"left\n{getattr(request.state, 'visitor', '')}"
