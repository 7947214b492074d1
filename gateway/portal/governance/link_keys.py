"""The reporter's key of a case in the browser: a cookie that only the case's own pages send."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from services.kit.caller import ANONYMOUS, Caller

SHOWN_SECONDS = 900
"""How long after filing the page with the key can be read again."""
_STAFF = frozenset({"officer", "verifier", "admin"})


def path_of(code: str) -> str:
    """Path of a case's public page, and of its cookie."""
    return f"/lapor/{code}"


def link_key_of(request: Request) -> str:
    """What this browser keeps for the case of this page: its key, else the token of a mailed link; else nothing."""
    return request.cookies.get(_name(request), "") or mailed_of(request)


def mailed_of(request: Request) -> str:
    """The token of the mailed link by which this browser came to the case; empty where it has the key as well."""
    return "" if request.cookies.get(_name(request)) else request.cookies.get(_name(request, "mail"), "")


def public_caller(request: Request) -> Caller:
    """Who reads a public page. Staff see there what everybody sees: their own pages are below /petugas."""
    caller = current_caller(request)
    return ANONYMOUS if caller.roles & _STAFF else caller


def keep(request: Request, response: Response, code: str, key: str) -> None:
    """Keeps the key until the browser closes: phones and cafés' computers are shared."""
    secure = current_gateway(request).settings.secure
    if key.isascii():  # no key of ours is anything else, and no header holds it
        response.set_cookie(_name(request), key, path=path_of(code), secure=secure, httponly=True, samesite="lax")


def keep_mailed(request: Request, response: Response, path: str, token: str) -> None:
    """Keeps the token of a mailed link for the pages below a path, as long as keys: it leaves the address bar."""
    secure = current_gateway(request).settings.secure
    response.set_cookie(_name(request, "mail"), token, path=path, secure=secure, httponly=True, samesite="lax")


def drop_mailed(request: Request, response: Response, path: str) -> None:
    """Forgets it."""
    secure = current_gateway(request).settings.secure
    response.delete_cookie(_name(request, "mail"), path=path, secure=secure, httponly=True, samesite="lax")


def keep_and_go(request: Request, code: str, key: str, to: str) -> Response:
    """Redirects to a page of the case with the key kept, so that it leaves the address bar and the history."""
    response = RedirectResponse(to, 303)
    keep(request, response, code, key)
    return response


def mark_sent(request: Request, response: Response, code: str) -> None:
    """Lets the page with the key be seen by whoever has just filed."""
    secure = current_gateway(request).settings.secure
    response.set_cookie(
        _name(request, "sent"), "1", SHOWN_SECONDS, path=f"{path_of(code)}/diterima", secure=secure, httponly=True,
        samesite="lax",
    )  # fmt: skip


def was_sent(request: Request) -> bool:
    """Whether this browser has just filed the case of this page."""
    return _name(request, "sent") in request.cookies


def _name(request: Request, name: str = "link") -> str:
    return current_gateway(request).settings.path_cookie(name)
