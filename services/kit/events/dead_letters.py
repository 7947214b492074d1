"""Dead letters: events whose reaction failed, kept with their payload, and the later ones parked behind them.

A replay is asked for in the database (``smartcity dead-letters replay``) and done by the consumer's owner, in order.
What only a version before could not read is asked for by the version that can: while a pillar is upgraded, processes
of both read the same stream.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping

import structlog

from services.kit.caller import SYSTEM, Scope
from services.kit.database import Transaction
from services.kit.database.lease import LeaseLostError
from services.kit.errors import is_transient
from services.kit.events.envelope import EnvelopeError, identity, place, unknown
from services.kit.events.inbox import claim
from services.kit.runtime import Runtime

_BURY = """
INSERT INTO dead_letter (consumer, event_id, type, aggregate, version, headers, payload, reason, state)
VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9)
"""
_PARKED = "SELECT DISTINCT aggregate FROM dead_letter WHERE consumer = $1 AND replayed_at IS NULL AND aggregate <> ''"
_ASKED = """
SELECT number, aggregate, headers, payload FROM dead_letter
 WHERE consumer = $1 AND replayed_at IS NULL AND replay_requested_at IS NOT NULL ORDER BY number LIMIT 100
"""
# What was parked since they were asked for, or by a batch that did not see it yet: nobody asks for it a second time.
_BEHIND = """
WITH line AS (
    SELECT aggregate, max(replay_requested_at) AS at,
           min(number) FILTER (WHERE replay_requested_at IS NOT NULL) AS first,
           min(number) FILTER (WHERE replay_requested_at IS NULL AND state = 'poison') AS held
      FROM dead_letter WHERE consumer = $1 AND replayed_at IS NULL AND aggregate <> ''
     GROUP BY aggregate HAVING max(replay_requested_at) IS NOT NULL
)
UPDATE dead_letter AS behind SET replay_requested_at = line.at FROM line
 WHERE behind.consumer = $1 AND behind.aggregate = line.aggregate
   AND behind.replayed_at IS NULL AND behind.replay_requested_at IS NULL AND behind.state = 'parked'
   AND behind.number > line.first AND (line.held IS NULL OR behind.number < line.held)
"""
_WANTED = """
SELECT DISTINCT consumer FROM dead_letter
 WHERE consumer = ANY($1) AND replayed_at IS NULL AND replay_requested_at IS NOT NULL
"""
_DONE = "UPDATE dead_letter SET replayed_at = clock_timestamp() WHERE number = $1"
_FAILED = """
UPDATE dead_letter SET replay_requested_at = NULL, reason = CASE WHEN number = $1 THEN $3 ELSE reason END
 WHERE number = $1
    OR ($5 AND consumer = $4 AND aggregate = $2 AND aggregate <> '' AND number > $1 AND replayed_at IS NULL)
"""

_UNREAD = """
SELECT number, event_id, aggregate, reason FROM dead_letter AS unread
 WHERE consumer = $1 AND replayed_at IS NULL AND replay_requested_at IS NULL AND reason = ANY($2)
   AND NOT EXISTS (SELECT 1 FROM dead_letter AS broken
                    WHERE broken.consumer = $1 AND broken.replayed_at IS NULL AND broken.aggregate = unread.aggregate
                      AND broken.state = 'poison' AND broken.reason <> ALL($2))
 ORDER BY number
"""
_OVER = "UPDATE dead_letter SET replayed_at = clock_timestamp() WHERE number = ANY($1)"
_ASK = """
UPDATE dead_letter SET replay_requested_at = clock_timestamp()
 WHERE consumer = $1 AND replayed_at IS NULL AND aggregate = ANY($2)
"""

LOOK_S = 1.0
"""How often it is looked whether a replay was asked for."""

Again = Callable[[Transaction, Mapping[str, str], bytes], Awaitable[None]]
"""Handles a dead letter again, by its headers and its payload."""

_log = structlog.get_logger()


async def bury(
    tx: Transaction, consumer: str, headers: Mapping[str, str], payload: bytes, state: str, reason: str
) -> None:
    """Keeps an event that cannot be handled now; ``state`` is ``poison`` or ``parked``."""
    aggregate, version = place(headers)
    await tx.execute(
        _BURY,
        consumer,
        headers.get("ce-id", ""),
        headers.get("ce-type", ""),
        aggregate,
        version,
        json.dumps(dict(headers)),
        payload,
        reason,
        state,
    )


async def parked(tx: Transaction, consumer: str) -> set[str]:
    """Aggregates whose later events must wait behind a dead letter."""
    return {row["aggregate"] for row in await tx.fetch(_PARKED, consumer)}


async def revive(runtime: Runtime, consumer: str, types: Iterable[str]) -> None:
    """Asks for the replay of what a version before did not know, and of what waits behind it. ``runtime`` is fenced."""
    names = list(types)
    reasons, first = [unknown(name) for name in names], [_of_the_first_release(name) for name in names]
    async with runtime.transaction(SYSTEM, Scope.ANY) as tx:
        found = await tx.fetch(_UNREAD, consumer, reasons + first)
        untaken = {row["number"]: identity({"ce-id": row["event_id"]}) for row in found if row["reason"] in first}
        fresh, over = await claim(tx, consumer, {each for each in untaken.values() if each}), list[int]()
        for number, id_ in untaken.items():
            if id_ in fresh:
                fresh.remove(id_)
            elif id_:
                over.append(number)  # it had its effect already, or stands here twice
        await tx.execute(_OVER, over)
        await tx.execute(_ASK, consumer, list({row["aggregate"] for row in found}))


def _of_the_first_release(name: str) -> str:
    """What version 0.1.0 said of a type that it did not know; it took no place in the inbox for such an event."""
    return f"header or type {name!r} is missing or unknown"


class Replays:
    """Whose replays were asked for: one look tells all consumers of a process."""

    def __init__(self, runtime: Runtime) -> None:
        """Nobody asks yet."""
        self._runtime = runtime
        self._consumers: set[str] = set()
        self._wanted: set[str] = set()
        self._looked = 0.0

    async def wanted(self, consumer: str) -> bool:
        """Whether a replay was asked for, as far as the last look tells; it tells each once."""
        now = asyncio.get_running_loop().time()
        if consumer not in self._consumers or now - self._looked >= LOOK_S:
            self._looked = now
            self._consumers.add(consumer)
            found = await self._runtime.pool.fetch(_WANTED, list(self._consumers))
            self._wanted = {row["consumer"] for row in found}
        wanted = consumer in self._wanted
        self._wanted.discard(consumer)
        return wanted


async def replay(runtime: Runtime, consumer: str, handle: Again, *, ordered: bool = True) -> bool:
    """Handles the dead letters whose replay was asked for, each in a transaction of its own, in order; whether there
    may be more. With them goes what is parked behind them, up to one that failed by itself and was not asked for.

    One that fails again stays, with its new reason, and so do those behind it; where they are not ``ordered``, nothing
    is behind another. ``runtime`` is fenced.
    """
    await runtime.pool.execute(_BEHIND, consumer)
    asked = await runtime.pool.fetch(_ASKED, consumer)
    for letter in asked:
        try:
            async with runtime.transaction(SYSTEM, Scope.ANY) as tx:
                await handle(tx, json.loads(letter["headers"]), letter["payload"])
                await tx.execute(_DONE, letter["number"])
        except LeaseLostError:
            raise
        except Exception as error:
            if is_transient(error):
                raise
            reason = str(error) if isinstance(error, EnvelopeError) else getattr(error, "reason", type(error).__name__)
            _log.warning("replay failed", number=letter["number"], exc_info=True)
            await runtime.pool.execute(_FAILED, letter["number"], letter["aggregate"], str(reason), consumer, ordered)
            if ordered:
                return True
    return bool(asked)
