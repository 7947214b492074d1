"""The author's key of a proposal in the browser: a cookie that only the proposal's own pages send."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from gateway.gateway import current_gateway
from gateway.portal.kit import kept

_NAME = "author"


def path_of(code: str) -> str:
    """Path of a proposal's public page, and of its cookie."""
    return f"/sosial/usulan/{code}"


def key_of(request: Request) -> str:
    """What this browser keeps for the proposal of this page; empty where it is not its author's."""
    return kept.kept(request, _NAME)[:100]


def keep(request: Request, response: Response, code: str, key: str) -> None:
    """Keeps it until the browser closes: phones and cafés' computers are shared."""
    kept.keep(request, response, _NAME, key, path_of(code))


def link_of(request: Request, code: str, key: str) -> str:
    """The link that makes its author of whoever opens it, in any browser."""
    return f"{current_gateway(request).settings.public_url.rstrip('/')}{path_of(code)}?k={key}"
