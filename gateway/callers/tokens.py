"""What the kinds of JWT of an identity provider must say, so that none is taken for another.

ID tokens (OpenID Connect Core 1.0) begin a session, access tokens (RFC 9068) call the API, logout tokens (OpenID
Connect Back-Channel Logout 1.0) end sessions. All are signed by the same keys: the header's type tells them apart.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

LEEWAY_SECONDS = 30
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
LOGOUT_SECONDS = 300
"""How old a logout token may be; the standard recommends that it lives two minutes."""


class TokenRefused(Exception):  # noqa: N818 - it is what happened
    """A token does not hold; the message says why, without the token."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of token."""

    types: frozenset[str]
    """Values of the header's ``typ`` in lower case; "" where it may be left out."""
    name: str


ID = Kind(frozenset({"", "jwt"}), "an ID token")
ACCESS = Kind(frozenset({"at+jwt", "application/at+jwt"}), "an access token")
LOGOUT = Kind(frozenset({"logout+jwt", "application/logout+jwt"}), "a logout token")


@dataclass(frozen=True, slots=True)
class Expected:
    """What every token of ours says."""

    issuer: str
    """Without a slash at its end."""
    client_id: str
    audience: str
    """Whom the token must name: the client, or the API."""
    scope: str = ""
    """A scope that access tokens must have; empty: any will do."""


def check(kind: Kind, header: Mapping[str, Any], claims: Mapping[str, Any], expected: Expected, now: float) -> None:
    """Raises TokenRefused unless a token, whose signature holds, is of this kind and for us, now (Unix seconds)."""
    if str(header.get("typ", "")).lower() not in kind.types:
        raise TokenRefused(f"it is not {kind.name}")
    check_claims(claims, expected, now)
    if kind is ACCESS:
        check_scope(claims, expected)
    if kind is LOGOUT:
        _check_logout(claims, now)
    elif not _text(claims.get("sub")):
        raise TokenRefused("it names nobody")


def check_claims(claims: Mapping[str, Any], expected: Expected, now: float) -> None:
    """Raises TokenRefused unless issuer, audience and times hold."""
    named = claims.get("aud", [])
    named = [named] if isinstance(named, str) else named
    expires, begins = claims.get("exp"), claims.get("nbf", claims.get("iat", 0))
    if str(claims.get("iss", "")).rstrip("/") != expected.issuer:
        raise TokenRefused("it is from another issuer")
    if not isinstance(named, list) or expected.audience not in named:
        raise TokenRefused("it is for another audience")
    if len(named) > 1 and claims.get("azp", expected.client_id) != expected.client_id:
        raise TokenRefused("it was given to another client")
    if not _time(expires) or expires + LEEWAY_SECONDS < now:
        raise TokenRefused("it has expired")
    if not _time(begins) or begins - LEEWAY_SECONDS > now:
        raise TokenRefused("it is not valid yet")


def check_scope(claims: Mapping[str, Any], expected: Expected) -> None:
    """Raises TokenRefused unless an access token has the scope that clients of this API are given."""
    if expected.scope and expected.scope not in str(claims.get("scope", "")).split():
        raise TokenRefused(f"it lacks the scope {expected.scope}")


def _check_logout(claims: Mapping[str, Any], now: float) -> None:
    issued, events = claims.get("iat"), claims.get("events")
    if not _time(issued) or issued + LOGOUT_SECONDS + LEEWAY_SECONDS < now:
        raise TokenRefused("it is too old")
    if issued - LEEWAY_SECONDS > now:
        raise TokenRefused("it is not valid yet")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
        raise TokenRefused("it tells of no logout")
    if "nonce" in claims:
        raise TokenRefused("it carries a nonce, as only ID tokens do")
    if not _text(claims.get("jti")):
        raise TokenRefused("it has no jti")
    named = [claims[name] for name in ("sub", "sid") if name in claims]
    if not named or not all(map(_text, named)):
        raise TokenRefused("it names no login")


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _time(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
