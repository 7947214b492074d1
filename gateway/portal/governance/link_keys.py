"""The key of a case in the browser, a reporter's or a supporter's: a cookie that only the case's own pages send."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.kit import kept as keeping
from gateway.portal.kit.addresses import key_of_link
from gateway.portal.kit.kept import kept
from services.kit.caller import Caller

SHOWN_SECONDS = 900
"""How long after filing the page with the key can be read again."""
REPORTED, JOINED = "link", "joined"
"""Whose key it is."""
_MAIL = "mail"
"""The token of a mailed link."""
_STAFF = frozenset({"officer", "verifier", "admin"})


def path_of(code: str) -> str:
    """Path of a case's public page, and of its cookie."""
    return f"/lapor/{code}"


def link_key_of(request: Request) -> str:
    """What this browser keeps for the case of this page: its key, else the token of a mailed link, else the key of who
    joined it; else nothing.
    """
    return kept(request, REPORTED) or mailed_of(request) or kept(request, JOINED)


def mailed_of(request: Request) -> str:
    """The token of the mailed link by which this browser came to the case; empty where it has the key as well."""
    return "" if kept(request, REPORTED) else kept(request, _MAIL)


def public_caller(request: Request) -> Caller:
    """Who reads a public page. Staff are residents there: they find and see what their own login reported, and of all
    else what everybody sees; what their roles may do stays on their own pages below /petugas.
    """
    caller = current_caller(request)
    return Caller(caller.subject, frozenset({"citizen"})) if caller.roles & _STAFF else caller


def keep(request: Request, response: Response, code: str, key: str, kind: str) -> None:
    """Keeps the key until the browser closes: phones and cafés' computers are shared. A supporter's never takes the
    place of the reporter's, who may have joined their own report without a login.
    """
    if found := key_of_link(key):
        keeping.keep(request, response, kind, found, path_of(code))


def keep_mailed(request: Request, response: Response, path: str, token: str) -> None:
    """Keeps the token of a mailed link for the pages below a path, as long as keys: it leaves the address bar."""
    keeping.keep(request, response, _MAIL, token, path)


def drop_mailed(request: Request, response: Response, path: str) -> None:
    """Forgets it."""
    keeping.drop(request, response, _MAIL, path)


def keep_and_go(request: Request, code: str, key: str, to: str, kind: str) -> Response:
    """Redirects to a page of the case with the key kept, so that it leaves the address bar and the history."""
    response = RedirectResponse(to, 303)
    keep(request, response, code, key, kind)
    return response


def mark_sent(request: Request, response: Response, code: str) -> None:
    """Lets the page with the key be seen by whoever has just filed."""
    secure = current_gateway(request).settings.secure
    response.set_cookie(
        _sent(request), "1", SHOWN_SECONDS, path=f"{path_of(code)}/diterima", secure=secure, httponly=True,
        samesite="lax",
    )  # fmt: skip


def was_sent(request: Request) -> bool:
    """Whether this browser has just filed the case of this page."""
    return _sent(request) in request.cookies


def _sent(request: Request) -> str:
    return current_gateway(request).settings.path_cookie("sent")
