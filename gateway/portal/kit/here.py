"""The page that is shown, as an address: once more, and to come back to."""

from __future__ import annotations

from urllib.parse import unquote, urlencode, urlsplit

from starlette.requests import Request
from starlette.routing import Match

from gateway.answers.addresses import HOME, own_path
from gateway.gateway import current_gateway
from gateway.portal.kit import told
from gateway.portal.kit.texts import offered

DEEPEST = 5
"""Parts that the address of a page has at most; but for those of a name that may have slashes in it."""
_MOST = 1_000
"""Characters of an address to come back to: it goes through a login in a cookie."""


def address(request: Request, *, path: str = "", **query: str) -> str:
    """The same page once more, with ``query`` besides what its address has; without the key of a link in it.

    With ``path`` that page instead, with the same filters.
    """
    left_out = {"lang", "k", told.NAME, *query}
    given = [(name, value) for name, value in request.query_params.multi_items() if name not in left_out]
    asked = urlencode([*given, *query.items()])
    return own_path(path or request.url.path) + (f"?{asked}" if asked else "")


def shared_at(request: Request, language: str) -> str:
    """Where strangers find this page in a language: whole, without filters, one address for each language."""
    asked = "" if language == offered(request)[0] else f"?lang={language}"
    return f"{current_gateway(request).settings.origin}{own_path(request.url.path)}{asked}"


def page_of(request: Request, path: str = "") -> str:
    """The page that an address which takes forms (the request's, unless told otherwise) belongs to: its own, or the
    nearest above.

    However many parts the address has, no more are tried than a page's may have.
    """
    path = (path or request.url.path).rstrip("/")
    while path:
        asked = {**request.scope, "path": path, "raw_path": path.encode(), "method": "GET"}
        if any(one.matches(asked)[0] is Match.FULL for one in request.app.router.routes):
            return path
        path = "/".join(path.split("/")[:-1][: DEEPEST + 1])
    return HOME


def to_come_back_to(request: Request) -> str:
    """This page with its filters, or the one whose form was sent; many forms are sent where no page is.

    A form that answers another one was sent from where no page is either: from the answer to it.
    """
    if request.method == "GET":
        here = address(request)
        return here if len(here) <= _MOST else own_path(request.url.path)
    try:
        sent_from = urlsplit(request.headers.get("referer", ""))
    except ValueError:  # brackets that are no address
        return HOME
    ours = f"{sent_from.scheme}://{sent_from.netloc}" == current_gateway(request).settings.origin
    return own_path(page_of(request, unquote(sent_from.path) or HOME)) if ours else HOME
