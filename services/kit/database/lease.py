"""Leases: a job of which only one process may do the work has one owner at a time.

A lease is a row with an owner, an expiry (the database's clock) and a fencing number that grows with every change of
owner. Session advisory locks would break under PgBouncer. A transaction that must not be done by a former owner calls
``fence_in``: it fails when the number is no longer current.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog

from services.kit import tasks
from services.kit.context import Context
from services.kit.database.pool import fetchval_within
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
UPDATE lease SET expires_at = clock_timestamp() + make_interval(secs => $3) WHERE name = $1 AND fence = $2 RETURNING 1
"""
_RELEASE = "UPDATE lease SET expires_at = clock_timestamp() - interval '1 second' WHERE name = $1 AND fence = $2"
# `fence` is a key column: nobody takes the lease while this lock is held, and renewing it does not wait for the lock,
# however long the transaction is.
_FENCE = "SELECT 1 FROM lease WHERE name = $1 AND fence = $2 FOR KEY SHARE"

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


async def hold(runtime: Context, name: str, work: Callable[[Lease], Awaitable[None]]) -> None:
    """Runs ``work`` whenever this process owns the lease ``name``; runs until cancelled.

    The work is cancelled when the lease is lost and started again when it is won back. An error of the work is logged
    and the work is started anew, with back-off.
    """
    pause = RENEW_S
    while True:
        try:
            fence = await fetchval_within(runtime.pool, LIFETIME_S, _TAKE, name, runtime.owner, LIFETIME_S)
            if fence is not None:
                await _own(runtime, Lease(name, fence), work)
            pause = RENEW_S
        except LeaseLostError:
            _log.warning("lease lost", lease=name)
        except Exception as error:
            _log.warning("job failed, starts anew", lease=name, error=repr(error), exc_info=not is_transient(error))
            pause = min(pause * 2, 10.0)
        await asyncio.sleep(pause)


async def _own(runtime: Context, lease: Lease, work: Callable[[Lease], Awaitable[None]]) -> None:
    """Does the work and renews the lease beside it until either ends."""
    worker = asyncio.ensure_future(work(lease))
    renewer = asyncio.ensure_future(_renew(runtime, lease))
    try:
        done, _ = await asyncio.wait({worker, renewer}, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await tasks.end(worker, renewer, patience=1.0)
        with contextlib.suppress(Exception):
            await fetchval_within(runtime.pool, RENEW_S, _RELEASE, lease.name, lease.fence)


async def _renew(runtime: Context, lease: Lease) -> None:
    """Renews until the lease is lost, or the database did not answer for the lease's lifetime."""
    loop = asyncio.get_running_loop()
    good_until = loop.time() + LIFETIME_S
    while True:
        await asyncio.sleep(RENEW_S)
        good_until = await _renewed(runtime, lease, good_until) + LIFETIME_S


async def _renewed(runtime: Context, lease: Lease, until: float) -> float:
    """Asks for more time, and tells when it asked; raises LeaseLostError, or TimeoutError when ``until`` has come.

    What is not answered within the pause between two renewals is asked over another connection too: this one may be
    dead without a word, or the database only slow.
    """
    loop = asyncio.get_running_loop()
    asked: dict[asyncio.Task[Any], float] = {}
    try:
        while (now := loop.time()) < until:
            asking = fetchval_within(runtime.pool, until - now, _RENEW, lease.name, lease.fence, LIFETIME_S)
            asked[asyncio.create_task(asking)] = now
            done, _ = await asyncio.wait(asked, timeout=RENEW_S, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                at, error = asked.pop(task), task.exception()
                if error is None and task.result() is None:
                    raise LeaseLostError(lease.name)
                if error is None:
                    return at
                if not is_transient(error):
                    raise error
            if done:
                await asyncio.sleep(AGAIN_S)
        raise TimeoutError
    finally:
        await tasks.end(*asked, patience=AGAIN_S)
