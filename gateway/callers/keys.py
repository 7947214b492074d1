"""The identity provider's keys: which there are, and when it is worth asking for newer ones.

A token names its key. One that we do not know makes us ask, but at most every so often, and an id that the provider did
not know either is remembered: made-up tokens cost the provider nothing.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gateway.answers.problems import Problem
from gateway.callers.tokens import TokenRefused

FRESH_SECONDS = 600.0
REST_SECONDS = 10.0
"""Between two questions for newer keys."""
UNKNOWN_SECONDS = 300.0
"""How long an id that the provider did not know stays unknown."""
UNKNOWN_MOST = 1_000


class KeyNotKnown(TokenRefused):
    """The token's key is not among ours now; it may be in a moment."""


class Keys:
    """The provider's signing keys."""

    def __init__(self, ask: Callable[[], Awaitable[KeySet]]) -> None:
        """``ask`` fetches them; it raises Problem when the provider is away."""
        self._ask = ask
        self._known: KeySet | None = None
        self._at = self._tried_at = float("-inf")
        self._first = asyncio.Lock()
        self._unknown: OrderedDict[str, float] = OrderedDict()

    async def learn(self) -> None:
        """Fetches them. Raises Problem."""
        self._tried_at = time.monotonic()
        self._known = await self._ask()
        self._at = time.monotonic()

    async def of(self, token: str) -> KeySet:
        """The keys to check a token with. Raises TokenRefused when its own is not among them."""
        name = _name(token)
        known = await self._fresh()
        if name is None or _has(known, name):
            return known
        now = time.monotonic()
        if now < self._unknown.get(name, 0.0):
            raise TokenRefused("its key is not the identity provider's")
        if not await self._newer(now) or self._known is None:
            raise KeyNotKnown("its key is not known here; try again in a few seconds")
        if not _has(self._known, name):
            self._unknown[name] = now + UNKNOWN_SECONDS
            while len(self._unknown) > UNKNOWN_MOST:
                self._unknown.popitem(last=False)
            raise TokenRefused("its key is not the identity provider's")
        return self._known

    async def _fresh(self) -> KeySet:
        if self._known is None:
            async with self._first:  # one asks, all others wait for the answer
                if self._known is None:
                    await self.learn()
        elif time.monotonic() - self._at > FRESH_SECONDS and not self._first.locked():
            await self._newer(time.monotonic())  # while one asks, all others go on with those in hand
        assert self._known is not None
        return self._known

    async def _newer(self, since: float) -> bool:
        """Whether the provider has told its keys anew since then; who comes while it is asked waits for the answer."""
        async with self._first:
            if self._at >= since:
                return True
            if time.monotonic() - self._tried_at < REST_SECONDS:
                return False
            try:
                await self.learn()
            except Problem:
                return False
            return True


def _has(known: KeySet, name: str) -> bool:
    return any(key.kid == name for key in known.keys)


def _name(token: str) -> str | None:
    """The id of the key that a token says it is signed with."""
    try:
        name = jws.extract_compact(token.encode()).headers().get("kid")
    except (JoseError, ValueError) as error:
        raise TokenRefused("it is no signed token") from error
    return name if isinstance(name, str) else None
