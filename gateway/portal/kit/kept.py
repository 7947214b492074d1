"""Keys that a browser keeps: cookies that only the pages of what they open send.

One that came under a login is sealed for that login, in a cookie of its own: phones and cafés' computers are shared,
and it opens nothing any more once the login has ended, wherever that happened. A cookie of other pages could not be
taken back there. Whoever has no login keeps theirs as they came.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from gateway.callers.sealing import sealed, unsealed
from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from services.kit.caller import ANONYMOUS

_UNDER_LOGIN = "-login"
"""What the name of a cookie that came under a login ends with."""


def kept(request: Request, name: str) -> str:
    """The key that this browser keeps for this page and this login, else the one that came without any."""
    cookies, own, plain = request.cookies, *_names(request, name)
    return unsealed(cookies.get(own, ""), _secret(request), _purpose(request, name)) or cookies.get(plain, "")


def keep(request: Request, response: Response, name: str, key: str, path: str, seconds: int | None = None) -> None:
    """Keeps a key for the pages below a path, until the browser closes where no time is said."""
    own, plain = _names(request, name)
    cookie, value = plain, key
    if current_caller(request) != ANONYMOUS:
        cookie, value = own, sealed(key, _secret(request), _purpose(request, name))
    secure = current_gateway(request).settings.secure
    response.set_cookie(cookie, value, seconds, path=path, secure=secure, httponly=True, samesite="lax")


def drop(request: Request, response: Response, name: str, path: str) -> None:
    """Forgets it."""
    secure = current_gateway(request).settings.secure
    for cookie in _names(request, name):
        response.delete_cookie(cookie, path=path, secure=secure, httponly=True, samesite="lax")


def _names(request: Request, name: str) -> tuple[str, str]:
    """Of the cookie that came under a login, and of the one that came without."""
    settings = current_gateway(request).settings
    return settings.path_cookie(name + _UNDER_LOGIN), settings.path_cookie(name)


def _secret(request: Request) -> bytes:
    return current_gateway(request).settings.session_secret.get_secret_value().encode()


def _purpose(request: Request, name: str) -> str:
    return f"kept\n{name}\n{current_gateway(request).sessions.login(current_caller(request))}"
