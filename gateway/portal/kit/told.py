"""What was done is told once, by the page that a form leads on to, and by no address.

A form's answer leads to ``?done=<word>``. The word goes along in a cookie instead, which the page takes out as it says
it: neither reloading nor Back nor a link that somebody was sent tells what did not happen.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import Response

from gateway.gateway import current_gateway

NAME = "done"
"""Of the word in an address of ours, and of the cookie: a path and the word, with a blank between them."""
SECONDS = 60
"""How long a page that is on its way may take."""


def take(request: Request) -> bool:
    """Gives a page the word that came with it, as if its address had it, and none that came otherwise. Whether."""
    path, _, word = unquote(request.cookies.get(_cookie(request), "")).rpartition(" ")
    due = bool(word) and path == request.url.path
    pairs = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if name != NAME]
    if due or len(kept) < len(pairs):
        request.scope["query_string"] = urlencode(kept + ([(NAME, word)] if due else [])).encode()
    return due


def hand_on(request: Request, response: Response, *, taken: bool) -> Response:
    """The answer with the word of its address in the cookie; one that was taken is gone."""
    parts = urlsplit(response.headers.get("location", ""))
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    word = dict(pairs).get(NAME, "")
    secure = current_gateway(request).settings.secure
    if word and not parts.netloc:
        query = urlencode([(name, value) for name, value in pairs if name != NAME])
        response.headers["location"] = urlunsplit(parts._replace(query=query))
        value = quote(f"{unquote(parts.path)} {word}", safe="/")
        response.set_cookie(_cookie(request), value, SECONDS, secure=secure, httponly=True, samesite="lax")
    elif taken:
        response.delete_cookie(_cookie(request), secure=secure, httponly=True, samesite="lax")
    return response


def _cookie(request: Request) -> str:
    return current_gateway(request).settings.cookie(NAME)
