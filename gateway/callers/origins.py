"""Where a request comes from, as pillars may know it: digests that tell people apart and say nothing else."""

import hmac
import json
from datetime import datetime

from google.protobuf.message import Message
from starlette.requests import Request

from gateway.callers.session import current_session
from services.kit.signing import decode
from smartcity.types.v1.origin_pb2 import Origin

_HEX = 32


def origin_of(request: Request, email: str = "") -> Origin:
    """The browser by its visitor cookie, the network by its address and the city's day; both under the session secret.

    ``email`` is the address of the contact in the request, where it has one.
    """
    state = request.state
    # A cookie that this very answer gives says nothing: the next request may come without it again.
    visitor = getattr(state, "visitor", "") if not getattr(state, "new_visitor", "") else ""
    day = datetime.now(request.app.state.gateway.city.timezone).date().isoformat()
    return Origin(
        session=_digest(request, "visitor", visitor) if visitor else "",
        network=_digest(request, "network", day, state.address),
        own_address=bool(email) and email.casefold() == _verified_address(request).casefold(),
    )


def email_in(message: Message) -> str:
    """The address of the contact in a request; empty where it has none."""
    contact = getattr(message, "contact", None)
    return str(getattr(contact, "email", ""))


def _verified_address(request: Request) -> str:
    """The address that the identity provider has verified for the login; empty when it did not say so.

    It stands in the ID token, whose signature was checked when the session began, and which we keep ourselves.
    """
    session = current_session(request)
    if session is None or not session.id_token:
        return ""
    try:
        claims = json.loads(decode(session.id_token.split(".")[1]))
    except (ValueError, IndexError):
        return ""
    return str(claims.get("email", "")) if claims.get("email_verified") is True else ""


def _digest(request: Request, *parts: str) -> str:
    key = request.app.state.gateway.settings.session_secret.get_secret_value().encode()
    return hmac.digest(key, "\n".join(("origin", *parts)).encode(), "sha256").hex()[:_HEX]
