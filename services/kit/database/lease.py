"""Leases: a job of which only one process may do the work has one owner at a time.

A lease is a row with an owner, an expiry (the database's clock) and a fencing number that grows with every change of
owner. Session advisory locks would break under PgBouncer. A transaction that must not be done by a former owner calls
``fence_in``: it fails when the number is no longer current. One statement renews all that a process owns.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

from services.kit import tasks
from services.kit.context import Context
from services.kit.database.pool import fetch_within, fetchval_within
from services.kit.database.transaction import Transaction
from services.kit.errors import is_transient

LIFETIME_S = 3.0
RENEW_S = 1.0
AGAIN_S = 0.1

# Where a transaction of the owner's still runs, or of a former one that is gone without a word, nobody waits for it.
_TAKE = """
WITH made AS (
    INSERT INTO lease (name, owner, fence, expires_at)
    VALUES ($1, $2, 1, clock_timestamp() + make_interval(secs => $3)) ON CONFLICT DO NOTHING RETURNING fence
),
free AS (SELECT name FROM lease WHERE name = $1 AND expires_at < clock_timestamp() FOR UPDATE SKIP LOCKED),
taken AS (
    UPDATE lease AS l SET owner = $2, fence = l.fence + 1, expires_at = clock_timestamp() + make_interval(secs => $3)
      FROM free WHERE l.name = free.name RETURNING fence
)
SELECT fence FROM made UNION ALL SELECT fence FROM taken
"""
_RENEW = """
UPDATE lease AS l SET expires_at = clock_timestamp() + make_interval(secs => $3)
  FROM unnest($1::text[], $2::bigint[]) AS held (name, fence)
 WHERE l.name = held.name AND l.fence = held.fence AND l.expires_at > '-infinity' RETURNING l.name
"""
# A renewal that was on its way meanwhile does not undo it.
_RELEASE = "UPDATE lease SET expires_at = '-infinity' WHERE name = $1 AND fence = $2"
# `fence` is a key column: nobody takes the lease while this lock is held, and renewing it does not wait for the lock,
# however long the transaction is.
_FENCE = "SELECT 1 FROM lease WHERE name = $1 AND fence = $2 FOR KEY SHARE"

Work = Callable[["Lease"], Awaitable[None]]

_log = structlog.get_logger()


class LeaseLostError(Exception):
    """Another process owns the job now; what this one began is rolled back."""


@dataclass(frozen=True)
class Lease:
    """A lease held with a fencing number."""

    name: str
    fence: int

    async def fence_in(self, tx: Transaction) -> None:
        """Makes the transaction fail, now or at commit, unless this owner still is the owner. Raises LeaseLostError."""
        if await tx.fetchval(_FENCE, self.name, self.fence) is None:
            raise LeaseLostError(self.name)


@dataclass
class _Term:
    """How long a lease may be relied on, by the loop's clock: counted from when the database was asked for it."""

    until: float
    error: Exception | None = None
    """Why it ends before that: it is lost, or cannot be renewed."""
    _ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def over(self) -> None:
        """Raises LeaseLostError, what renewing it raised, or TimeoutError when the time is over."""
        while (left := self.until - asyncio.get_running_loop().time()) > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._ended.wait()
            if self.error is not None:
                raise self.error
        raise TimeoutError

    def end(self, error: Exception) -> None:
        """It is lost, or cannot be renewed."""
        self.error = error
        self._ended.set()


class Leases:
    """The leases of a process: those that it owns, and those that it waits for."""

    def __init__(self, runtime: Context) -> None:
        """Owns none."""
        self._runtime = runtime
        self._owned: dict[Lease, _Term] = {}
        self._renewing: asyncio.Task[None] | None = None

    async def hold(self, name: str, work: Work) -> None:
        """Runs ``work`` whenever this process owns the lease ``name``; runs until cancelled.

        The work is cancelled when the lease is lost and started again when it is won back. An error of the work is
        logged and the work is started anew, with back-off.
        """
        pause, runtime = RENEW_S, self._runtime
        while True:
            try:
                asked = asyncio.get_running_loop().time()
                fence = await fetchval_within(runtime.pool, LIFETIME_S, _TAKE, name, runtime.owner, LIFETIME_S)
                if fence is not None:
                    await self._own(Lease(name, fence), asked + LIFETIME_S, work)
                pause = RENEW_S
            except LeaseLostError:
                _log.warning("lease lost", lease=name)
            except Exception as error:
                _log.warning("job failed, starts anew", lease=name, error=repr(error), exc_info=not is_transient(error))
                pause = min(pause * 2, 10.0)
            await asyncio.sleep(pause)

    async def _own(self, lease: Lease, until: float, work: Work) -> None:
        """Does the work until it ends, or until the lease does."""
        term = self._owned[lease] = _Term(until)
        if self._renewing is None or self._renewing.done():
            self._renewing = asyncio.create_task(self._renew())
        worker, over = asyncio.ensure_future(work(lease)), asyncio.ensure_future(term.over())
        try:
            done, _ = await asyncio.wait({worker, over}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await tasks.end(worker, over, patience=1.0)
            del self._owned[lease]
            if not self._owned:
                renewing, self._renewing = self._renewing, None  # whoever owns one meanwhile begins anew
                await tasks.end(renewing, patience=AGAIN_S)
            with contextlib.suppress(Exception):
                await fetchval_within(self._runtime.pool, RENEW_S, _RELEASE, lease.name, lease.fence)

    async def _renew(self) -> None:
        """Asks for more time, again and again."""
        while True:
            await asyncio.sleep(RENEW_S)
            await self._renewed()

    async def _renewed(self) -> None:
        """Asks until there is an answer.

        What is not answered within the pause between two renewals is asked over as many connections more as there are:
        all may be dead without a word, or the database only slow.
        """
        asked: set[asyncio.Task[bool]] = set()
        more = 1
        try:
            while True:
                asked |= {asyncio.create_task(self._ask()) for _ in range(more)}
                done, asked = await asyncio.wait(asked, timeout=RENEW_S, return_when=asyncio.FIRST_COMPLETED)
                if any(task.result() for task in done):
                    return
                if done:
                    await asyncio.sleep(AGAIN_S)
                more = 1 if done else self._runtime.pool.get_size()
        finally:
            await tasks.end(*asked, patience=AGAIN_S)

    async def _ask(self) -> bool:
        """Asks for more time for all that is owned now; whether there was an answer."""
        owned, until = dict(self._owned), asyncio.get_running_loop().time() + LIFETIME_S
        given = ([lease.name for lease in owned], [lease.fence for lease in owned])
        try:
            rows = await fetch_within(self._runtime.pool, LIFETIME_S, _RENEW, *given, LIFETIME_S)
        except Exception as error:
            if is_transient(error):
                return False
            for term in owned.values():
                term.end(error)
            return True
        kept = {row["name"] for row in rows}
        for lease, term in owned.items():
            if lease.name in kept:
                term.until = max(term.until, until)
            else:
                term.end(LeaseLostError(lease.name))
        return True
