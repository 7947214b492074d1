"""The relay: takes a pillar's events from its outbox to its stream, in order, in atomic JetStream batches.

It is its stream's only publisher, and fences itself: the first message of each batch says which sequence must be the
stream's last (``Nats-Expected-Last-Sequence``). After a crash, a lost answer or a former owner's late batch the server
refuses; the relay then catches up with the stream (``catching_up.py``) and goes on.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Sequence
from typing import Any

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
from services.kit.events.catching_up import ANSWER_S, RefusedError, catch_up
from services.kit.events.envelope import headers, source
from services.kit.ids import uuid7
from services.kit.runtime import Runtime
from services.kit.subjects import event_subject, nudge_subject

MOST = 1000
"""Messages in one atomic batch (the server's limit)."""
POLL_S = 0.5
"""How often is looked without being woken: what a lost nudge costs; an idle pillar works for nothing each time."""
RETRY_S = 0.1
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

_log = structlog.get_logger()


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
                    self._created, self._last = await catch_up(self._runtime, self._bus)
                    await self._forward(due)
                except RefusedError as refused:
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
        """Sends the rows as one atomic batch; answers with the sequence of the first. Raises RefusedError."""
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
            raise RefusedError(repr(error)) from error
        answer: dict[str, Any] = json.loads(message.data)
        if "error" in answer:
            raise RefusedError(str(answer["error"].get("description")))
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


async def _wait(due: asyncio.Event) -> None:
    """Until a commit wakes the relay, or the poll interval is over."""
    try:
        async with asyncio.timeout(POLL_S):
            await due.wait()
    except TimeoutError:
        pass
