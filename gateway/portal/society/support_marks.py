"""That this browser has supported a proposal: a cookie that only the proposal's own pages send.

It says so to whoever gave the support: after a login or a logout somebody else may be there.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from gateway.gateway import current_gateway
from gateway.portal.society.author_keys import path_of
from services.kit.caller import Caller


def has(request: Request, caller: Caller) -> bool:
    """Whether the caller has supported the proposal that this page is about."""
    return request.cookies.get(_name(request), "") == current_gateway(request).sessions.login(caller)


def keep(request: Request, response: Response, code: str, caller: Caller) -> None:
    """Remembers it until the browser closes: phones and cafés' computers are shared."""
    gateway = current_gateway(request)
    secure, mark = gateway.settings.secure, gateway.sessions.login(caller)
    response.set_cookie(_name(request), mark, path=path_of(code), secure=secure, httponly=True, samesite="lax")


def _name(request: Request) -> str:
    return current_gateway(request).settings.path_cookie("support")
