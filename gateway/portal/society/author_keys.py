"""The author's key of a proposal in the browser: a cookie that only the proposal's own pages send."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from gateway.gateway import current_gateway


def path_of(code: str) -> str:
    """Path of a proposal's public page, and of its cookie."""
    return f"/sosial/usulan/{code}"


def key_of(request: Request) -> str:
    """What this browser keeps for the proposal of this page; empty where it is not its author's."""
    return request.cookies.get(_name(request), "")[:100]


def keep(request: Request, response: Response, code: str, key: str) -> None:
    """Keeps it until the browser closes: phones and cafés' computers are shared."""
    secure = current_gateway(request).settings.secure
    response.set_cookie(_name(request), key, path=path_of(code), secure=secure, httponly=True, samesite="lax")


def link_of(request: Request, code: str, key: str) -> str:
    """The link that makes its author of whoever opens it, in any browser."""
    return f"{current_gateway(request).settings.public_url.rstrip('/')}{path_of(code)}?k={key}"


def _name(request: Request) -> str:
    return current_gateway(request).settings.path_cookie("author")
