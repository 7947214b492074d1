"""That this browser has supported a proposal: a cookie that only the proposal's own pages send.

It says so to whoever gave the support: after a login or a logout somebody else may be there.
"""

from __future__ import annotations

import hashlib

from starlette.requests import Request
from starlette.responses import Response

from gateway.gateway import current_gateway
from gateway.portal.society.author_keys import path_of
from services.kit.caller import Caller


def has(request: Request, code: str, caller: Caller) -> bool:
    """Whether the caller has supported it here."""
    return request.cookies.get(_name(request), "") == _mark(code, caller)


def keep(request: Request, response: Response, code: str, caller: Caller) -> None:
    """Remembers it until the browser closes: phones and cafés' computers are shared."""
    secure, mark = current_gateway(request).settings.secure, _mark(code, caller)
    response.set_cookie(_name(request), mark, path=path_of(code), secure=secure, httponly=True, samesite="lax")


def _mark(code: str, caller: Caller) -> str:
    return hashlib.sha256(f"{code}\n{caller.subject}".encode()).hexdigest()[:16]


def _name(request: Request) -> str:
    return current_gateway(request).settings.path_cookie("support")
