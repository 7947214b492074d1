"""Long lists, a page at a time."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request

PAGE = 25
"""Rows of a page."""


def page_token(request: Request) -> str:
    """Which page is asked for."""
    return request.query_params.get("page", "")[:500]


def next_href(path: str, token: str, **query: str) -> str:
    """The address of the next page; empty on the last."""
    return f"{path}?{urlencode({**query, 'page': token})}" if token else ""
