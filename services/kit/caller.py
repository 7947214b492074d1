"""Who calls: an Ed25519-signed assertion from the gateway, and the table that says what each role may do.

The gateway mints one assertion per caller and pillar (audience = pillar, 60 s, reused for 30); the pillar verifies it,
cached by its text until it expires. ``Access`` is the table RPC -> role -> scope; what is not in it is denied.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from services.kit.errors import DomainError, forbidden, unauthenticated
from services.kit.signing import opened

ISSUER = "smartcity-gateway"
LIFETIME_S = 60
ROLES = frozenset({"anonymous", "citizen", "operator", "crew", "dispatcher", "officer", "verifier", "admin", "system"})
_CACHE_MOST = 4096
_LEEWAY_S = 5


class Scope(Enum):
    """On which rows a role may use an RPC; actions enforce it."""

    ANY = 3
    OWN_AGENCY = 2
    OWN = 1


Access = Mapping[str, Mapping[str, Scope]]
"""RPC name -> role -> scope. An RPC without a row is an error at start; a role without an entry is refused."""


@dataclass(frozen=True)
class Caller:
    """Who asks. ``subject`` is stable and holds no name; ``agency`` is the officer's own."""

    subject: str
    roles: frozenset[str]
    agency: str = ""

    def has(self, role: str) -> bool:
        """Whether the caller has this role."""
        return role in self.roles


ANONYMOUS = Caller("anonymous", frozenset({"anonymous"}))
SYSTEM = Caller("system", frozenset({"system"}))


def authorise(access: Access, rpc: str, caller: Caller) -> Scope:
    """The widest scope any of the caller's roles has on the RPC. Raises FORBIDDEN when there is none."""
    granted = [scope for role, scope in access.get(rpc, {}).items() if role in caller.roles]
    if granted:
        return max(granted, key=lambda scope: scope.value)
    if caller.roles <= {"anonymous"}:
        raise unauthenticated("LOGIN_REQUIRED", f"{rpc} needs a login. Log in and repeat.")
    raise forbidden("ROLE_NOT_ALLOWED", f"Your role may not use {rpc}.", rpc=rpc)


class Minter:
    """Mints assertions with the gateway's private key."""

    def __init__(self, private_jwk: str) -> None:
        """``private_jwk`` is an Ed25519 JWK in JSON with a ``kid``."""
        self._key = OKPKey.import_key(json.loads(private_jwk))

    def mint(self, caller: Caller, pillar: str, now: float | None = None) -> str:
        """A signed assertion that ``caller`` calls ``pillar``, good for 60 s from ``now`` (seconds, default: now)."""
        issued = int(time.time() if now is None else now)
        claims = {
            "iss": ISSUER,
            "aud": pillar,
            "sub": caller.subject,
            "roles": sorted(caller.roles),
            "agency": caller.agency,
            "iat": issued,
            "exp": issued + LIFETIME_S,
        }
        return jwt.encode({"alg": "Ed25519", "kid": self._key.kid}, claims, self._key, algorithms=["Ed25519"])


class Verifier:
    """Verifies assertions for one pillar; what was verified is remembered until it expires."""

    def __init__(self, jwk_set: str, pillar: str) -> None:
        """``jwk_set`` holds the gateway's public keys (several while keys rotate)."""
        self._keys = KeySet.import_key_set(json.loads(jwk_set))
        self._pillar = pillar
        self._known: dict[str, tuple[float, Caller]] = {}

    def verify(self, assertion: str, now: float | None = None) -> Caller:
        """The caller an assertion speaks of. Raises UNAUTHENTICATED when it is forged, expired or another pillar's."""
        at = time.time() if now is None else now
        known = self._known.get(assertion)
        if known is not None and at < known[0]:
            return known[1]
        expires, caller = self._check(assertion, at)
        if len(self._known) >= _CACHE_MOST:
            self._known = {key: value for key, value in self._known.items() if value[0] > at}
            if len(self._known) >= _CACHE_MOST:
                self._known.clear()
        self._known[assertion] = (expires, caller)
        return caller

    def _check(self, assertion: str, at: float) -> tuple[float, Caller]:
        try:
            token = opened(assertion, self._keys, ["Ed25519"])
        except ValueError as error:
            raise _refused("its signature does not hold") from error
        claims = token.claims
        expires, issued, roles = claims.get("exp"), claims.get("iat"), claims.get("roles")
        if claims.get("iss") != ISSUER or claims.get("aud") != self._pillar:
            raise _refused("it is from another issuer or for another pillar")
        if not isinstance(expires, int) or not isinstance(issued, int) or expires - issued > LIFETIME_S:
            raise _refused("its times are missing or too far apart")
        if at >= expires or issued > at + _LEEWAY_S:
            raise _refused("it has expired or is not valid yet")
        if not isinstance(roles, list) or not roles or not ROLES.issuperset(map(str, roles)) or "system" in roles:
            raise _refused("its roles are not known")
        subject, agency = claims.get("sub"), claims.get("agency", "")
        if not isinstance(subject, str) or not subject or not isinstance(agency, str):
            raise _refused("it names no caller")
        return float(expires), Caller(subject, frozenset(roles), agency)


def _refused(why: str) -> DomainError:
    return unauthenticated("ASSERTION_REFUSED", f"The caller's assertion was refused: {why}.")
