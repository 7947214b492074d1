"""Long lists, a page at a time."""

from __future__ import annotations

from collections.abc import Container
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse

from gateway.answers.addresses import own_path

PAGE = 25
"""Rows of a page."""


def page_token(request: Request, name: str = "page") -> str:
    """Which page is asked for; a second list of a page goes on by a name of its own."""
    return request.query_params.get(name, "")[:500]


def first_page(request: Request) -> str:
    """The address of the same list from its beginning; without what it is filtered by where that cannot be told apart
    from what names a page.
    """
    others = [(name, value) for name, value in request.query_params.multi_items() if name != "page"]
    kept = urlencode(others) if "page" in request.query_params else ""
    return f"{own_path(request.url.path)}{'?' if kept else ''}{kept}"


def strange(request: Request, **known: Container[str]) -> RedirectResponse | None:
    """The way to the same list without filters that are none, such as ``state=xx``; None where all are known.

    A list that looked as if it were filtered by them would show what nobody asked for.
    """
    query = request.query_params
    left_out = {name for name, values in known.items() if query.get(name) and query[name] not in values}
    if not left_out:
        return None
    kept = urlencode([(name, value) for name, value in query.multi_items() if name not in left_out | {"page"}])
    return RedirectResponse(f"{own_path(request.url.path)}{'?' if kept else ''}{kept}", 303)


def same_page(request: Request, **query: str) -> str:
    """What the forms of a list end with, and the way back to it: the same page, with what it is filtered by."""
    chosen = {name: value for name, value in {**query, "page": page_token(request)}.items() if value}
    return f"?{urlencode(chosen)}" if chosen else ""


def next_href(path: str, token: str, *, name: str = "page", **query: str) -> str:
    """The address of the next page; empty on the last."""
    return f"{path}?{urlencode({**query, name: token})}" if token else ""
