"""Bearer tokens of API clients, and what groups of the identity provider mean here."""

import asyncio
import hashlib
import time
from collections import OrderedDict
from typing import Any

from gateway.answers.problems import CHALLENGE, Problem
from gateway.callers.identity import STAFF
from gateway.callers.keys import KeyNotKnown
from gateway.callers.provider import Provider
from gateway.callers.questions import Questions
from gateway.callers.subjects import subject_of
from gateway.callers.tokens import TokenRefused
from gateway.settings import GatewaySettings
from services.kit.caller import Caller

CACHE_SECONDS = 60.0
REFUSED_SECONDS = 10.0
CACHE_MOST = 5_000
AGENCY_PREFIX = "agency:"


def caller_of(claims: dict[str, Any]) -> Caller:
    """The caller that verified claims speak of.

    The subject is derived from ``sub``, so that no user name reaches a pillar. Groups ``officer``, ``verifier``,
    ``admin``, ``dispatcher``, ``crew`` and ``operator`` are roles, ``agency:<id>`` is the agency; a role of an agency
    without an agency counts for nothing there.
    """
    groups = claims.get("groups", [])
    names = {each for each in groups if isinstance(each, str)} if isinstance(groups, list) else set()
    agencies = sorted(each.removeprefix(AGENCY_PREFIX) for each in names if each.startswith(AGENCY_PREFIX))
    return Caller(subject_of(claims["sub"]), frozenset({"citizen"} | (names & STAFF)), agencies[0] if agencies else "")


class Bearers:
    """Verifies bearer tokens: JWTs by the provider's keys, opaque ones by introspection.

    What is found out is kept, a minute for who it is and ten seconds for what was refused, and each token is looked at
    once however often it comes at the same time.
    """

    def __init__(self, provider: Provider, settings: GatewaySettings) -> None:
        self._provider = provider
        self._staff_seconds = settings.staff_hours * 3600
        self._cache: OrderedDict[bytes, tuple[float, Caller]] = OrderedDict()
        self._refused: OrderedDict[bytes, tuple[float, str]] = OrderedDict()
        self._looking: dict[bytes, asyncio.Task[Caller]] = {}
        self._questions = Questions()

    def known(self, token: str) -> Caller | None:
        """Who sends a token that was looked at lately and holds."""
        until, caller = self._cache.get(_slot(token), (0.0, None))
        return caller if time.time() < until else None

    def asks(self, token: str) -> bool:
        """Whether looking at a token asks the provider."""
        return self._provider.enabled and not _is_signed(token) and not self._why_refused(token)

    def _why_refused(self, token: str) -> str:
        until, why = self._refused.get(_slot(token), (0.0, ""))
        return why if time.time() < until else ""

    async def caller(self, token: str) -> Caller:
        """Who sends the token; TOKEN_REFUSED when it does not hold."""
        caller = self.known(token)
        if caller is not None:
            return caller
        if why := self._why_refused(token):
            raise _refused(why)
        slot = _slot(token)
        if slot not in self._looking:
            looking = self._looking[slot] = asyncio.create_task(self._look(slot, token), name="bearer token")
            looking.add_done_callback(lambda done: self._looked(slot, done))
        return await asyncio.shield(self._looking[slot])

    def _looked(self, slot: bytes, done: "asyncio.Task[Caller]") -> None:
        del self._looking[slot]
        if not done.cancelled():
            done.exception()  # whoever waited may have gone

    async def _look(self, slot: bytes, token: str) -> Caller:
        if not self._provider.enabled:
            raise _refused("this gateway has no identity provider")
        now = time.time()
        try:
            claims = await self._claims(token)
            caller = caller_of(claims)
            until = min(now + CACHE_SECONDS, float(claims["exp"]))
            if caller.roles & STAFF:
                until = min(until, self._staff_until(claims))
                if until <= now:
                    raise TokenRefused("it is older than a token of staff may be")
        except KeyNotKnown as error:
            raise _refused(str(error)) from error
        except TokenRefused as error:
            _keep(self._refused, slot, (now + REFUSED_SECONDS, str(error)))
            raise _refused(str(error)) from error
        _keep(self._cache, slot, (until, caller))
        return caller

    async def _claims(self, token: str) -> dict[str, Any]:
        if _is_signed(token):
            return await self._provider.access(token)
        async with self._questions.place():
            return await self._provider.introspect(token)

    def _staff_until(self, claims: dict[str, Any]) -> float:
        """Until when (Unix seconds) roles of staff are believed; at once over when it does not say since when."""
        issued = claims.get("iat")
        return issued + self._staff_seconds if isinstance(issued, int | float) else 0.0


def _slot(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _is_signed(token: str) -> bool:
    return token.count(".") == 2


def _keep(kept: OrderedDict[bytes, Any], slot: bytes, what: tuple[float, Any]) -> None:
    kept[slot] = what
    while len(kept) > CACHE_MOST:
        kept.popitem(last=False)


def _refused(why: str) -> Problem:
    headers = {"www-authenticate": f'{CHALLENGE}, error="invalid_token", error_description="{why}"'}
    return Problem(401, "TOKEN_REFUSED", f"The bearer token was refused: {why}. Get a new one.", headers=headers)
