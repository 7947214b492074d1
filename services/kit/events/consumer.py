"""Reacting: the events of a stream, once each, in order, in one transaction per batch.

The ids of a batch are claimed in the inbox as a set; the effects run; one commit; then the messages are acknowledged.
An error rolls all of it back and runs the batch again with a savepoint per event, where also that is checked which is
deferred to the commit else. What fails then is poison and goes to the dead letters with its payload, and later events
of its aggregate are parked behind it until a replay.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from nats.aio.client import Client

from observability import semconv
from observability.telemetry import SpanKind, span
from services.kit import faults, holding
from services.kit.caller import SYSTEM, Scope
from services.kit.database import Transaction
from services.kit.database.lease import Lease, LeaseLostError
from services.kit.errors import is_transient
from services.kit.events import Event, dead_letters
from services.kit.events.envelope import EnvelopeError, decode, identity, place
from services.kit.events.inbox import claim
from services.kit.events.subscription import Delivery, Subscription
from services.kit.runtime import Runtime

Handler = Callable[[Transaction, Event[Any]], Awaitable[None]]
Before = Callable[[Transaction, Sequence[Event[Any]]], Awaitable[None]]
"""What is done once for all events of a type in a batch, before the first of any, such as taking locks in order: in the
order in which the types are declared.
"""
Together = Callable[[Transaction, Sequence[Event[Any]]], Awaitable[None]]
"""What is done for events of a batch that follow one another, at once instead of one after the other."""

_log = structlog.get_logger()


@dataclass(frozen=True)
class Letter:
    """A delivered event, or what could not be read as one."""

    headers: Mapping[str, str]
    payload: bytes
    event: Event[Any] | None
    problem: str = ""

    @property
    def id(self) -> UUID | None:
        """The event's, which it has also where it cannot be read."""
        return self.event.id if self.event else identity(self.headers)


class Consumer:
    """Reads ``stream`` for this pillar while it holds the lease ``consumer:<stream>``."""

    def __init__(
        self,
        runtime: Runtime,
        bus: Client,
        stream: str,
        handlers: Mapping[type[Any], Sequence[Handler]],
        before: Mapping[type[Any], Before] | None = None,
        together: Mapping[type[Any], Together] | None = None,
        replays: dead_letters.Replays | None = None,
    ) -> None:
        """``handlers`` maps message classes to reactions, which run in their order; an event is poison if one fails.
        ``before`` says what comes before those of a batch, ``together`` what takes the place of the reaction for those
        that follow one another; both are left out where a batch runs again event by event. ``replays`` looks for all
        consumers of a process.
        """
        self._runtime = runtime
        self._bus = bus
        self._stream = stream
        self._replays = replays or dead_letters.Replays(runtime)
        self._types = {message.DESCRIPTOR.full_name: message for message in handlers}
        self._handlers = {message.DESCRIPTOR.full_name: tuple(each) for message, each in handlers.items()}
        self._before = {message.DESCRIPTOR.full_name: each for message, each in (before or {}).items()}
        self._together = {message.DESCRIPTOR.full_name: each for message, each in (together or {}).items()}
        if many := [name for name in self._together if len(self._handlers.get(name, ())) > 1]:
            raise ValueError(f"{many[0]} has several reactions, none of which can be done for many at once")

    async def run(self, lease: Lease) -> None:
        """Consumes until cancelled. A database outage is waited out, never taken for poison."""
        subscription = Subscription(self._bus, self._stream, self._runtime.pillar)
        await subscription.open()
        try:
            await self._revive(self._runtime.fenced(lease))
            while True:
                batch = await subscription.batch()
                if batch:
                    await self._insist(batch, lease)
                    faults.point("consumer.committed")
                    for delivery in batch:
                        await self._bus.publish(delivery.message.reply, b"+ACK")
                if await self._replays.wanted(self._stream):
                    await dead_letters.replay(self._runtime.fenced(lease), self._stream, self._again)
        finally:
            with contextlib.suppress(Exception):
                await subscription.close()

    async def _revive(self, fenced: Runtime) -> None:
        """Before anything new is read: what comes now would wait behind it."""
        await dead_letters.revive(fenced, self._stream, self._types)
        while await dead_letters.replay(fenced, self._stream, self._again):
            pass

    async def _insist(self, batch: Sequence[Delivery], lease: Lease) -> None:
        """Handles a batch, as often as the database needs."""
        letters = [self._letter(delivery) for delivery in batch]
        pause = 0.05
        while True:
            try:
                await self._handle(letters, lease, careful=False)
                return
            except LeaseLostError:
                raise
            except Exception as error:
                if not is_transient(error):
                    _log.warning("batch failed, runs again event by event", stream=self._stream, error=repr(error))
                    try:
                        await self._handle(letters, lease, careful=True)
                        return
                    except Exception as second:
                        if not is_transient(second):
                            raise
            await asyncio.sleep(pause)
            pause = min(pause * 2, 2.0)

    async def _handle(self, letters: Sequence[Letter], lease: Lease, *, careful: bool) -> None:
        causes = [letter.event.traceparent for letter in letters if letter.event and letter.event.traceparent]
        attributes: dict[str, str | int] = {
            semconv.MESSAGING_SYSTEM: "nats",
            semconv.MESSAGING_OPERATION_NAME: "receive",
            semconv.MESSAGING_OPERATION_TYPE: "receive",
            semconv.MESSAGING_DESTINATION_NAME: self._stream,
            semconv.MESSAGING_CONSUMER_GROUP_NAME: self._runtime.pillar,
            semconv.MESSAGING_BATCH_MESSAGE_COUNT: len(letters),
        }
        with span(f"receive {self._stream}", SpanKind.CLIENT, attributes, links=causes, root=True):
            async with self._runtime.transaction(SYSTEM, Scope.ANY, lease=lease) as tx:
                fresh = await claim(tx, self._stream, [letter.id for letter in letters if letter.id])
                parked = await dead_letters.parked(tx, self._stream)
                faults.point("consumer.before-commit")
                if not careful:
                    await self._prepare(tx, [one.event for one in letters if one.event and one.event.id in fresh])
                if careful:
                    await self._one_by_one(tx, letters, fresh, parked)
                else:
                    await self._in_runs(tx, letters, fresh, parked)

    async def _prepare(self, tx: Transaction, events: Sequence[Event[Any]]) -> None:
        """What comes before those of a batch, unless it is one alone, which takes its locks in order by itself."""
        wanted = {type_: [event for event in events if event.type == type_] for type_ in self._before}
        if sum(map(len, wanted.values())) > 1:
            for type_, found in wanted.items():
                if found:
                    await self._before[type_](tx, found)

    async def _in_runs(self, tx: Transaction, letters: Sequence[Letter], fresh: set[Any], parked: set[str]) -> None:
        """The events of a batch in their order; those that follow one another and are done together, at once."""
        run: list[Event[Any]] = []
        for letter in letters:
            event = await self._due(tx, letter, fresh, parked)
            if event is None:
                continue
            together = self._together.get(event.type)
            if run and together is not self._together[run[-1].type]:
                await self._react_together(tx, run)
                run = []
            if together is None:
                await self._react(tx, event)
            else:
                run.append(event)
        if run:
            await self._react_together(tx, run)

    async def _one_by_one(self, tx: Transaction, letters: Sequence[Letter], fresh: set[Any], parked: set[str]) -> None:
        """The events of a batch in their order, each in a savepoint of its own."""
        for letter in letters:
            event = await self._due(tx, letter, fresh, parked)
            if event is None:
                continue
            try:
                async with tx.savepoint():
                    await self._react(tx, event)
                    await tx.check()
            except Exception as error:
                if is_transient(error):
                    raise
                parked.add(event.aggregate)
                _log.error("event is poison", type=event.type, event_id=str(event.id), exc_info=True)
                # The class and reason only: a message of the database may hold row data.
                reason = getattr(error, "reason", type(error).__name__)
                await dead_letters.bury(tx, self._stream, letter.headers, letter.payload, "poison", str(reason))

    async def _due(self, tx: Transaction, letter: Letter, fresh: set[Any], parked: set[str]) -> Event[Any] | None:
        """The event of a letter, to be done now; None for one that was done before, is unreadable or parked."""
        event = letter.event
        if letter.id:
            if letter.id not in fresh:
                return None
            fresh.discard(letter.id)
        if event is None:
            await dead_letters.bury(tx, self._stream, letter.headers, letter.payload, "poison", letter.problem)
            if aggregate := place(letter.headers)[0]:
                parked.add(aggregate)
            return None
        if event.aggregate in parked:
            await dead_letters.bury(tx, self._stream, letter.headers, letter.payload, "parked", "behind a dead letter")
            return None
        return event

    async def _again(self, tx: Transaction, head: Mapping[str, str], payload: bytes) -> None:
        """A dead letter whose replay was asked for. Raises EnvelopeError."""
        await self._react(tx, self._read(head, payload))

    async def _react(self, tx: Transaction, event: Event[Any]) -> None:
        """Runs the reactions in a CONSUMER span: child of the producer, and linked to it."""
        holding.serving(lambda: f"reaction to {event.type}")
        with self._processing(event):
            tx.causation = event.id
            try:
                for handler in self._handlers[event.type]:
                    await handler(tx, event)
            finally:
                tx.causation = None

    async def _react_together(self, tx: Transaction, events: Sequence[Event[Any]]) -> None:
        """Runs what is done for all of them, in a span of each; one alone is one like any other."""
        if len(events) == 1:
            await self._react(tx, events[0])
            return
        holding.serving(lambda: f"reaction to {len(events)} of {events[0].type}")
        with contextlib.ExitStack() as stack:
            for event in events:
                stack.enter_context(self._processing(event))
            emitted = len(tx.emitted)
            await self._together[events[0].type](tx, events)
            assert len(tx.emitted) == emitted, "what emits events is done one by one: each has a cause of its own"

    def _processing(self, event: Event[Any]) -> contextlib.AbstractContextManager[Any]:
        attributes = {
            semconv.MESSAGING_SYSTEM: "nats",
            semconv.MESSAGING_OPERATION_NAME: "process",
            semconv.MESSAGING_OPERATION_TYPE: "process",
            semconv.MESSAGING_DESTINATION_NAME: event.type,
            semconv.MESSAGING_CONSUMER_GROUP_NAME: self._runtime.pillar,
            semconv.MESSAGING_MESSAGE_ID: str(event.id),
            semconv.CORRELATION_ID: event.correlation,
        }
        links = [event.traceparent] if event.traceparent else []
        return span(f"process {event.type}", SpanKind.CONSUMER, attributes, event.traceparent, links)

    def _letter(self, delivery: Delivery) -> Letter:
        message = delivery.message
        head = dict(message.headers or {})
        try:
            return Letter(head, message.data, self._read(head, message.data))
        except EnvelopeError as error:
            return Letter(head, message.data, None, str(error))

    def _read(self, head: Mapping[str, str], payload: bytes) -> Event[Any]:
        event = decode(head, payload, self._types)
        if event.publisher != self._stream:  # only this pillar may write here; it must not speak for another
            raise EnvelopeError(f"source {event.source} is not the stream's")
        return event
