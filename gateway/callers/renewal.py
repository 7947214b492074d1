"""Asks the identity provider again about staff who are logged in, beside their requests.

A session with roles of staff is due some minutes after the provider's last word (``staff_recheck_minutes``): the next
request begins to ask and is answered meanwhile. From twice that on a request waits for the answer, so that a role taken
away is gone even when nobody looked for a while. What the provider refuses ends; while it is away the session goes on,
and ends ``staff_hours`` after its last word.
"""

import asyncio
from datetime import UTC, datetime, timedelta

import structlog

from gateway.answers.problems import Problem
from gateway.callers.bearers import caller_of
from gateway.callers.identity import Session
from gateway.callers.keys import KeyNotKnown
from gateway.callers.provider import Provider, unavailable
from gateway.callers.session import Sessions
from gateway.callers.tokens import TokenRefused
from gateway.settings import GatewaySettings
from services.kit import tasks
from services.kit.database.lost import LOST

_log = structlog.get_logger(__name__)

REST = timedelta(seconds=30)
"""A session's provider is asked at most this often, by all gateways together."""
PATIENCE_SECONDS = 2.0
"""How long a request waits for a word that is overdue."""
MOST_AT_ONCE = 8
LEAVE_SECONDS = 3.0
"""How long a gateway that ends waits for answers: a provider that gives each refresh token once has taken ours."""
AGAIN_SECONDS, KEEP_SECONDS = 0.5, 25.0
"""Until a refresh token that the database did not take is given to it again, and how long: after ``REST`` any gateway
may ask with the one that is kept.
"""


class Renewals:
    """Keeps what sessions say of staff as true as the provider says."""

    def __init__(self, sessions: Sessions, provider: Provider, settings: GatewaySettings) -> None:
        """Nothing runs before a session is due."""
        self._sessions = sessions
        self._provider = provider
        self._recheck = timedelta(minutes=settings.staff_recheck_minutes)
        self._asking: dict[tuple[bytes, datetime], asyncio.Task[None]] = {}
        self._room = asyncio.Semaphore(MOST_AT_ONCE)

    async def find(self, token: str) -> Session | None:
        """The living session of a token, as the provider last spoke of it."""
        session = await self._sessions.find(token)
        if session is None or not session.staff or not session.renewable:
            return session
        age = datetime.now(UTC) - session.confirmed
        if age < self._recheck:
            return session
        asking = self._ask(token, session)
        if age < 2 * self._recheck or asking.done():
            return session
        await asyncio.wait({asking}, timeout=PATIENCE_SECONDS)
        return await self._sessions.find(token)

    async def close(self) -> None:
        """Ends what is under way, once it had time to come to its end."""
        asking = set(self._asking.values())
        if asking:
            await asyncio.wait(asking, timeout=LEAVE_SECONDS)
        await tasks.end(*asking)

    def _ask(self, token: str, session: Session) -> "asyncio.Task[None]":
        """The one task that asks about a session; it stays known while the provider is left in peace."""
        slot = (session.digest, session.confirmed)
        if slot not in self._asking:
            self._asking[slot] = asyncio.create_task(self._renew(token, session), name="session renewal")
            asyncio.get_running_loop().call_later(REST.total_seconds(), self._asking.pop, slot, None)
        return self._asking[slot]

    async def _renew(self, token: str, session: Session) -> None:
        try:
            async with self._room:
                await self._renewed(token, session)
        except Problem as problem:
            _log.warning("session not renewed", reason=problem.reason)
        except LOST as error:
            _log.warning("session not renewed", error=type(error).__name__)

    async def _renewed(self, token: str, session: Session) -> None:
        refresh_token = await self._sessions.claim(token, REST)
        if not refresh_token:
            self._sessions.forget(session)  # another gateway asks or has asked: its answer is in the database
            return
        try:
            granted = await self._provider.refresh(refresh_token)
            await self._keep(token, granted.refresh_token)
            caller = caller_of(await self._provider.who(granted))
            if caller.subject != session.caller.subject:
                raise TokenRefused("it speaks of somebody else")
        except KeyNotKnown as error:  # it has other keys since a moment ago: that is no word against anybody
            raise unavailable() from error
        except TokenRefused as error:
            _log.info("session ended by the identity provider", reason=str(error))
            await self._sessions.end(session)
        else:
            await self._sessions.confirm(session, caller)

    async def _keep(self, token: str, refresh_token: str) -> None:
        """Keeps a refresh token, also where the database is away for a moment: the one before has been taken."""
        async with asyncio.timeout(KEEP_SECONDS):
            while True:
                try:
                    return await self._sessions.keep_refresh_token(token, refresh_token)
                except LOST:
                    await asyncio.sleep(AGAIN_SECONDS)
