"""The key of an order, a ticket or a place in the queue in a browser: a cookie that only its own pages send."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.gateway import current_gateway
from gateway.portal.kit import kept
from gateway.portal.kit.addresses import key_of_link
from gateway.portal.kit.texts import offered
from services.kit import codes

_NAME = "ticket"
KEPT_SECONDS = 180 * 24 * 3600
"""Long enough for a date half a year ahead: whoever has no account would lose the ticket with the cookie."""


def key_of(request: Request) -> str:
    """The key that this browser keeps for this page; else nothing."""
    return kept.kept(request, _NAME)[:64]


def link_of(request: Request, path: str, key: str = "") -> str:
    """The link that opens a page elsewhere too, with the key that this browser keeps or a new one; empty without."""
    key = key or key_of(request)
    return f"{current_gateway(request).settings.public_url.rstrip('/')}{path}?k={key}" if key else ""


def keep_and_go(request: Request, path: str, key: str, to: str = "") -> Response:
    """Redirects to a page with the key kept, so that it leaves the address bar and the history; a language that the
    address asks for stays.
    """
    language = request.query_params.get("lang", "")
    query = f"?{urlencode({'lang': language})}" if language in offered(request) else ""
    response = RedirectResponse((to or path) + query, 303)
    if found := key_of_link(key):
        kept.keep(request, response, _NAME, found, path, KEPT_SECONDS)
    return response


def rewritten(request: Request, letter: str, path: str, code: str) -> Response | None:
    """Leads to the address with a code as it is shown, however it was typed: browsers know an address, and what they
    keep for it, by its very letters.
    """
    shown = codes.parse(f"{current_gateway(request).city.code_prefix}{letter}", code)
    if shown is None or shown == code:
        return None
    query = request.url.query
    return RedirectResponse(f"{path}/{shown}" + (f"?{query}" if query else ""), 303)
