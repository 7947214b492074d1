"""The relay: takes a pillar's events from its outbox to its stream, in order, in atomic JetStream batches.

It is its stream's only publisher, and fences itself: the first message of each batch says which sequence must be the
stream's last (``Nats-Expected-Last-Sequence``). After a crash, a lost answer or a former owner's late batch the server
refuses; the relay then reads the stream's tail, marks what is there as published, and goes on. If the stream was lost,
it is filled again from the outbox; the consumers' inboxes make that harmless.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import NoRespondersError
from nats.errors import TimeoutError as NatsTimeoutError

from observability import semconv
from observability.telemetry import Span, SpanKind, open_span
from services.kit import faults
from services.kit.database.lease import Lease
from services.kit.events.bus import insist
from services.kit.events.envelope import headers, source
from services.kit.ids import uuid7
from services.kit.runtime import Runtime
from services.kit.subjects import event_subject, nudge_subject

MOST = 1000
"""Messages in one atomic batch (the server's limit)."""
POLL_S = 0.5
"""How often is looked without being woken: what a lost nudge costs; an idle pillar works for nothing each time."""
RETRY_S = 0.1
ANSWER_S = 5.0
GATHER_S = 0.03
"""How long the first event of a batch waits for others: a batch costs two transactions here and a sync there."""
FEW = 64
"""Batches smaller than this are gathered."""

_UNSENT = """
SELECT position, id, type, aggregate, version, correlation, causation, exercise, recorded_at, traceparent, payload
  FROM outbox WHERE published_at IS NULL AND position NOT IN (SELECT unnest($1::bigint[]))
 ORDER BY position LIMIT $2
"""
# A mark that comes after the stream was lost (from a former owner) speaks of another stream: nothing is marked then.
_MARK = """
WITH here AS (
    UPDATE relay SET last_sequence = greatest(last_sequence, $2 + cardinality($1::bigint[]))
     WHERE stream_created = $3 RETURNING 1
)
UPDATE outbox o SET published_at = clock_timestamp(), sequence = $2 + m.ordinal
  FROM here, unnest($1::bigint[]) WITH ORDINALITY AS m(position, ordinal)
 WHERE o.position = m.position
"""
_MARK_FOUND = """
WITH found AS (SELECT * FROM unnest($1::uuid[], $2::bigint[]) AS f(id, sequence)),
here AS (
    UPDATE relay SET last_sequence = greatest(last_sequence, (SELECT max(sequence) FROM found))
     WHERE stream_created = $3 RETURNING 1
)
UPDATE outbox o SET published_at = clock_timestamp(), sequence = f.sequence FROM here, found f WHERE o.id = f.id
"""
_FORGET = "UPDATE outbox SET published_at = NULL, sequence = NULL WHERE published_at IS NOT NULL"

_log = structlog.get_logger()


class _RefusedError(Exception):
    """The stream did not take a batch, or did not say; its tail tells what happened."""


class Relay:
    """Runs while this process holds the pillar's relay lease."""

    def __init__(self, runtime: Runtime, bus: Client) -> None:
        """Publishes ``runtime.pillar``'s outbox to the stream of the same name."""
        self._runtime = runtime
        self._bus = bus
        self._source = source(runtime.settings.city, runtime.pillar)
        self._created = ""
        self._last = 0

    async def run(self, _: Lease) -> None:
        """Relays until cancelled. A restart of NATS or PostgreSQL only makes it wait."""
        due = self._runtime.relay_due
        nudges = await self._bus.subscribe(nudge_subject(self._runtime.pillar), cb=self._nudged)
        try:
            while True:
                try:
                    await self._catch_up()
                    await self._forward(due)
                except _RefusedError as refused:
                    _log.info("relay reads the stream's tail", pillar=self._runtime.pillar, why=str(refused))
                    await asyncio.sleep(RETRY_S)
        finally:
            with contextlib.suppress(NatsError):  # the connection is gone, and the subscription with it
                await nudges.unsubscribe()

    async def _nudged(self, nudge: Msg) -> None:
        if nudge.data != self._runtime.owner.encode():  # its own commits have woken it already
            self._runtime.relay_due.set()

    async def _forward(self, due: asyncio.Event) -> None:
        """Publishes batch after batch; beside each the one before is marked and, of many, the one after is read.

        Few are gathered for a moment first: what a batch costs, here and at the server, hardly depends on its size.
        """
        beside: dict[str, asyncio.Task[Any]] = {}
        rows: Sequence[Any] = ()
        unmarked: list[int] = []
        try:
            while True:
                if not rows:
                    if "marking" in beside:
                        await beside.pop("marking")
                    else:
                        await _wait(due)
                    await asyncio.sleep(GATHER_S)
                    due.clear()
                    unmarked = []
                    rows = await self._unsent(unmarked)
                    continue
                positions = [row["position"] for row in rows]
                many = len(positions) >= FEW
                if many:
                    beside["reading"] = asyncio.create_task(self._unsent([*unmarked, *positions]))
                first = await self._publish(rows)
                if "marking" in beside:
                    await beside["marking"]
                beside["marking"], unmarked = asyncio.create_task(self._mark(positions, first)), positions
                rows = await beside.pop("reading") if many else ()
        finally:
            await asyncio.gather(*beside.values(), return_exceptions=True)

    async def _unsent(self, but: list[int]) -> Sequence[Any]:
        rows: Sequence[Any] = await self._runtime.pool.fetch(_UNSENT, but, MOST)
        return rows

    async def _mark(self, positions: list[int], first: int) -> None:
        await self._runtime.pool.execute(_MARK, positions, first - 1, self._created)

    async def _publish(self, rows: Sequence[Any]) -> int:
        """Sends the rows as one atomic batch; answers with the sequence of the first. Raises _RefusedError."""
        spans = [self._open_span(row) for row in rows]
        subjects = {name: event_subject(name, self._runtime.pillar) for name in {row["type"] for row in rows}}
        batch = uuid7().hex
        faults.point("relay.before-publish")
        try:
            for number, (row, span) in enumerate(zip(rows, spans, strict=True), start=1):
                head = self._headers(row, span)
                if number == 1:
                    head["Nats-Expected-Last-Sequence"] = str(self._last)
                if len(rows) > 1:
                    head["Nats-Batch-Id"] = batch
                    head["Nats-Batch-Sequence"] = str(number)
                if number < len(rows):
                    faults.point("relay.mid-batch")
                    await self._bus.publish(subjects[row["type"]], row["payload"], headers=head)
                else:
                    if len(rows) > 1:
                        head["Nats-Batch-Commit"] = "1"
                    answer = await self._request(subjects[row["type"]], row["payload"], head)
        except BaseException as error:
            for span in spans:
                span.fail(error)
            raise
        finally:
            done = time.time_ns()
            for span in spans:
                span.end(done)
        faults.point("relay.published")
        first = int(answer["seq"]) - len(rows) + 1
        self._last = int(answer["seq"])
        return first

    async def _request(self, subject: str, payload: bytes, head: dict[str, str]) -> dict[str, Any]:
        try:
            message = await self._bus.request(subject, payload, timeout=ANSWER_S, headers=head)
        except (NatsTimeoutError, NoRespondersError, OSError) as error:
            raise _RefusedError(repr(error)) from error
        answer: dict[str, Any] = json.loads(message.data)
        if "error" in answer:
            raise _RefusedError(str(answer["error"].get("description")))
        return answer

    def _headers(self, row: Any, span: Span) -> dict[str, str]:
        return headers(
            id=row["id"],
            type=row["type"],
            source=self._source,
            time=row["recorded_at"],
            aggregate=row["aggregate"],
            version=row["version"],
            correlation=row["correlation"],
            causation=row["causation"],
            exercise=row["exercise"],
            traceparent=span.traceparent or row["traceparent"],
        )

    def _open_span(self, row: Any) -> Span:
        """One PRODUCER span per event, child of the action that emitted it."""
        attributes = {
            semconv.MESSAGING_SYSTEM: "nats",
            semconv.MESSAGING_OPERATION_NAME: "send",
            semconv.MESSAGING_OPERATION_TYPE: "send",
            semconv.MESSAGING_DESTINATION_NAME: row["type"],
            semconv.MESSAGING_MESSAGE_ID: str(row["id"]),
            semconv.CORRELATION_ID: row["correlation"],
        }
        return open_span(f"send {row['type']}", SpanKind.PRODUCER, attributes, row["traceparent"])

    async def _catch_up(self) -> None:
        """Learns where the stream ends, marks what it already holds, and notices when it was lost."""
        await self._stream_info()
        async with self._runtime.pool.acquire() as connection, connection.transaction():
            known = await connection.fetchrow("SELECT stream_created, last_sequence FROM relay FOR UPDATE")
            assert known is not None, "the migration made the row"
            # Asked again under the lock: what another relay published and marked since would look like a lost stream.
            # The lock is not held while NATS is away: the next owner would wait for it.
            try:
                async with asyncio.timeout(ANSWER_S):
                    info = await self._stream_info()
            except TimeoutError as error:
                raise _RefusedError(repr(error)) from error
            created, last = info["created"], int(info["state"]["last_seq"])
            lost = known["stream_created"] is not None and (
                known["stream_created"] != created or last < known["last_sequence"]
            )
            if lost:
                forgotten = await connection.execute(_FORGET)
                _log.warning("stream was lost, is filled again", pillar=self._runtime.pillar, events=forgotten)
            after = 0 if lost else known["last_sequence"]
            await connection.execute("UPDATE relay SET stream_created = $1, last_sequence = $2", created, after)
        self._created, self._last = created, last
        await self._mark_tail(after + 1, last)

    async def _stream_info(self) -> dict[str, Any]:
        return await insist(self._bus, f"$JS.API.STREAM.INFO.{self._runtime.pillar}")

    async def _mark_tail(self, first: int, last: int) -> None:
        """Marks the events the stream holds from ``first`` to ``last`` as published."""
        for start in range(first, last + 1, 100):
            sequences = range(start, min(start + 100, last + 1))
            ids = await asyncio.gather(*(self._id_at(sequence) for sequence in sequences))
            found = [(id_, at) for id_, at in zip(ids, sequences, strict=True) if id_ is not None]
            if found:
                await self._runtime.pool.execute(
                    _MARK_FOUND, [f[0] for f in found], [f[1] for f in found], self._created
                )

    async def _id_at(self, sequence: int) -> UUID | None:
        """The id of the event at a sequence; None where the stream has nothing (deleted, aged)."""
        subject = f"$JS.API.DIRECT.GET.{self._runtime.pillar}"
        try:
            message = await self._bus.request(subject, json.dumps({"seq": sequence}).encode(), timeout=ANSWER_S)
        except (NatsTimeoutError, NoRespondersError, OSError) as error:
            raise _RefusedError(repr(error)) from error
        id_ = (message.headers or {}).get("ce-id")
        return UUID(id_) if id_ else None


async def _wait(due: asyncio.Event) -> None:
    """Until a commit wakes the relay, or the poll interval is over."""
    try:
        async with asyncio.timeout(POLL_S):
            await due.wait()
    except TimeoutError:
        pass
