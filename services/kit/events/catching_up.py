"""What a relay does before it publishes: it learns where its stream ends, and marks what the stream holds already.

If the stream was lost, it is filled again from the outbox; the consumers' inboxes make that harmless.
"""

import asyncio
import json
from typing import Any
from uuid import UUID

import structlog
from nats.aio.client import Client
from nats.errors import NoRespondersError
from nats.errors import TimeoutError as NatsTimeoutError

from services.kit.events.bus import insist
from services.kit.runtime import Runtime

ANSWER_S = 5.0

_MARK_FOUND = """
WITH found AS (SELECT * FROM unnest($1::uuid[], $2::bigint[]) AS f(id, sequence)),
here AS (
    UPDATE relay SET last_sequence = greatest(last_sequence, (SELECT max(sequence) FROM found))
     WHERE stream_created = $3 RETURNING 1
)
UPDATE outbox o SET published_at = clock_timestamp(), sequence = f.sequence FROM here, found f WHERE o.id = f.id
"""
_FORGET = """
UPDATE outbox SET published_at = NULL, sequence = NULL
 WHERE position >= $1 AND position < $2 AND published_at IS NOT NULL
"""
_KNOWN = "UPDATE relay SET stream_created = $1, last_sequence = $2"
LOST = "lost"
"""Stands for a stream's creation while its events are forgotten: no late mark fits it, and who comes next goes on."""
SLICE = 20_000
"""Positions of the outbox that are forgotten in one transaction: millions at once would not be done in time, ever."""

_log = structlog.get_logger()


class RefusedError(Exception):
    """The stream did not take a batch, or did not say; its tail tells what happened."""


async def catch_up(runtime: Runtime, bus: Client) -> tuple[str, int]:
    """When the stream was created and its last sequence; all that it holds is marked then. Raises RefusedError."""
    await _info(runtime, bus)
    async with runtime.pool.acquire() as connection, connection.transaction():
        known = await connection.fetchrow("SELECT stream_created, last_sequence FROM relay FOR UPDATE")
        assert known is not None, "the migration made the row"
        # Asked again under the lock: what another relay published and marked since would look like a lost stream.
        # The lock is not held while NATS is away: the next owner would wait for it.
        try:
            async with asyncio.timeout(ANSWER_S):
                info = await _info(runtime, bus)
        except TimeoutError as error:
            raise RefusedError(repr(error)) from error
        created, state = str(info["created"]), info["state"]
        last = int(state["last_seq"])
        lost = known["stream_created"] is not None and (
            known["stream_created"] != created or last < known["last_sequence"]
        )
        after = 0 if lost else known["last_sequence"]
        await connection.execute(_KNOWN, LOST if lost else created, after)
    if lost:
        await _forget(runtime, created)
    held = range(max(after + 1, int(state["first_seq"])), last + 1)
    await _mark_tail(runtime, bus, created, held, frozenset(state.get("deleted") or ()))
    return created, last


async def _info(runtime: Runtime, bus: Client) -> dict[str, Any]:
    return await insist(bus, f"$JS.API.STREAM.INFO.{runtime.pillar}", {"deleted_details": True})


async def _forget(runtime: Runtime, created: str) -> None:
    """Takes all events for unsent that a lost stream held; in slices, and only then the new one is known."""
    _log.warning("stream was lost, is filled again", pillar=runtime.pillar)
    held = await runtime.pool.fetchrow("SELECT min(position) AS first, max(position) AS last FROM outbox")
    assert held is not None, "an aggregate is one row"
    starts = iter(() if held["first"] is None else range(held["first"], held["last"] + 1, SLICE))
    done = False
    while not done:
        async with runtime.pool.acquire() as connection, connection.transaction():
            # Another relay that was quicker publishes and marks already: its marks must stay.
            if await connection.fetchval("SELECT stream_created FROM relay FOR UPDATE") != LOST:
                raise RefusedError("another relay fills the stream")
            start = next(starts, None)
            done = start is None
            if start is None:
                await connection.execute(_KNOWN, created, 0)
            else:
                await connection.execute(_FORGET, start, start + SLICE)


async def _mark_tail(runtime: Runtime, bus: Client, created: str, held: range, gone: frozenset[int]) -> None:
    """Marks the events that the stream holds at these sequences as published, but for those that are gone."""
    for start in range(0, len(held), 100):
        sequences = [each for each in held[start : start + 100] if each not in gone]
        ids = await asyncio.gather(*(_id_at(runtime.pillar, bus, sequence) for sequence in sequences))
        found = [(id_, at) for id_, at in zip(ids, sequences, strict=True) if id_ is not None]
        if found:
            await runtime.pool.execute(_MARK_FOUND, [f[0] for f in found], [f[1] for f in found], created)


async def _id_at(pillar: str, bus: Client, sequence: int) -> UUID | None:
    """The id of the event at a sequence that the stream holds; None where it is no event of ours.

    Any server that keeps the stream may be asked, one too that lags behind: what it does not have yet is no gap. Taken
    for one, an event would be published twice. Raises RefusedError, as for what has grown too old since: asked again,
    the stream begins later.
    """
    request = json.dumps({"seq": sequence}).encode()
    try:
        message = await bus.request(f"$JS.API.DIRECT.GET.{pillar}", request, timeout=ANSWER_S)
    except (NatsTimeoutError, NoRespondersError, OSError) as error:
        raise RefusedError(repr(error)) from error
    head = message.headers or {}
    if "Status" in head:
        raise RefusedError(f"sequence {sequence}: {head['Status']} {head.get('Description', '')}")
    return UUID(head["ce-id"]) if "ce-id" in head else None
