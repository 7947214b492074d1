"""Bearer tokens of API clients, and what groups of the identity provider mean here."""

import hashlib
import time
from collections import OrderedDict
from typing import Any

from gateway.answers.problems import Problem
from gateway.callers.provider import Provider
from gateway.callers.session import STAFF
from gateway.callers.subjects import subject_of
from gateway.callers.tokens import TokenRefused
from gateway.settings import GatewaySettings
from services.kit.caller import Caller

CACHE_SECONDS = 60.0
CACHE_MOST = 5_000
AGENCY_PREFIX = "agency:"


def caller_of(claims: dict[str, Any]) -> Caller:
    """The caller that verified claims speak of.

    The subject is derived from ``sub``, so that no user name reaches a pillar. Groups ``officer``, ``verifier`` and
    ``admin`` are roles, ``agency:<id>`` is the agency; a role of an agency without an agency counts for nothing there.
    """
    groups = claims.get("groups", [])
    names = {each for each in groups if isinstance(each, str)} if isinstance(groups, list) else set()
    agencies = sorted(each.removeprefix(AGENCY_PREFIX) for each in names if each.startswith(AGENCY_PREFIX))
    return Caller(subject_of(claims["sub"]), frozenset({"citizen"} | (names & STAFF)), agencies[0] if agencies else "")


class Bearers:
    """Verifies bearer tokens: JWTs by the provider's keys, opaque ones by introspection; both cached for a minute."""

    def __init__(self, provider: Provider, settings: GatewaySettings) -> None:
        self._provider = provider
        self._staff_seconds = settings.staff_hours * 3600
        self._cache: OrderedDict[bytes, tuple[float, Caller]] = OrderedDict()

    async def caller(self, token: str) -> Caller:
        """Who sends the token; TOKEN_REFUSED when it does not hold."""
        slot, now = hashlib.sha256(token.encode()).digest(), time.time()
        kept = self._cache.get(slot)
        if kept is not None and now < kept[0]:
            return kept[1]
        if not self._provider.enabled:
            raise _refused("this gateway has no identity provider")
        try:
            claims = await self._claims(token)
        except TokenRefused as error:
            raise _refused(str(error)) from error
        caller = caller_of(claims)
        until = min(now + CACHE_SECONDS, float(claims["exp"]))
        if caller.roles & STAFF:
            until = min(until, self._staff_until(claims))
            if until <= now:
                raise _refused("it is older than a token of staff may be")
        self._cache[slot] = (until, caller)
        while len(self._cache) > CACHE_MOST:
            self._cache.popitem(last=False)
        return caller

    async def _claims(self, token: str) -> dict[str, Any]:
        if token.count(".") == 2:
            return await self._provider.access(token)
        return await self._provider.introspect(token)

    def _staff_until(self, claims: dict[str, Any]) -> float:
        """Until when (Unix seconds) roles of staff are believed; at once over when it does not say since when."""
        issued = claims.get("iat")
        return issued + self._staff_seconds if isinstance(issued, int | float) else 0.0


def _refused(why: str) -> Problem:
    headers = {"www-authenticate": 'Bearer error="invalid_token"'}
    return Problem(401, "TOKEN_REFUSED", f"The bearer token was refused: {why}. Get a new one.", headers=headers)
