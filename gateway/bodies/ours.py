"""Whether a page of ours sends a form."""

from starlette.requests import Request

from gateway.bodies.kinds import MULTIPART, type_of
from gateway.settings import GatewaySettings
from gateway.visitors.sites import Site, site_of

_FORMS = frozenset({MULTIPART, "application/x-www-form-urlencoded"})


def is_our_form(request: Request, settings: GatewaySettings) -> bool:
    """Whether somebody sends a form of our pages and reads the answer as a page."""
    headers = request.headers
    if request.method != "POST" or request.url.path.startswith("/v1") or type_of(headers) not in _FORMS:
        return False
    return site_of(headers, settings.origin) is Site.OURS and "text/html" in headers.get("accept", "")
