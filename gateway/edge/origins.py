"""Other sites in browsers (CORS): they may use the API with a token or a link key, never with a cookie of ours."""

from starlette.datastructures import Headers
from starlette.responses import Response

from gateway.answers import snap
from gateway.settings import GatewaySettings
from gateway.visitors.sites import Site, site_of

EVERYBODY = [
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"Allow, Content-Disposition, ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate,"
        b" X-Trace-Id",
    ),
]
"""What every answer of the API tells a browser. With ``*`` and without ``Allow-Credentials`` no script reads what was
asked for with cookies."""
_PREFLIGHT = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "access-control-allow-headers": "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, "
    "Last-Event-ID, Traceparent, X-Link-Key",
    "access-control-max-age": "86400",
}
"""The same of every address: it has no ``Allow``, which would tell of the one that is asked (RFC 9110, 10.2.1)."""


def is_open(path: str) -> bool:
    """Whether scripts of other sites may ask here: at the API and its document, not at the bank's door."""
    api = path.startswith(("/v1/", "/sta/")) and not snap.is_banks(path)
    return api or path == "/openapi.json"


def preflight() -> Response:
    """What a browser may send here for another site: a token or a link key, but no CSRF token, so no cookie works."""
    return Response(status_code=204, headers=_PREFLIGHT)


def is_foreign(headers: Headers, settings: GatewaySettings) -> bool:
    """Whether another site's script or form makes the request: its cookies then count for nothing."""
    return site_of(headers, settings.origin) is Site.OTHER
