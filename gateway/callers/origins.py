"""Where a request comes from, as pillars may know it: digests that tell people apart and say nothing else."""

import hmac
from datetime import UTC, datetime

from starlette.requests import Request

from smartcity.types.v1.origin_pb2 import Origin

_HEX = 32


def origin_of(request: Request) -> Origin:
    """The browser by its visitor cookie, the network by its address and the day; both under the session secret."""
    state = request.state
    # A cookie that this very answer gives says nothing: the next request may come without it again.
    visitor = getattr(state, "visitor", "") if not getattr(state, "new_visitor", "") else ""
    day = datetime.now(UTC).date().isoformat()
    return Origin(
        session=_digest(request, "visitor", visitor) if visitor else "",
        network=_digest(request, "network", day, state.address),
    )


def _digest(request: Request, *parts: str) -> str:
    key = request.app.state.gateway.settings.session_secret.get_secret_value().encode()
    return hmac.digest(key, "\n".join(("origin", *parts)).encode(), "sha256").hex()[:_HEX]
