"""A span: a few fields, written down as they come and sent when it ends.

The SDK's own span checks, copies and locks each attribute, which costs several times what the span tells; ours are set
by this house alone. What leaves the process is what the SDK's would be: its processor batches, its exporter sends.
"""

import random
import time
from collections.abc import Mapping, Sequence
from contextvars import ContextVar, Token

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from observability import semconv

Attribute = str | bool | int | float
Attributes = Mapping[str, Attribute]

SAMPLED, UNSAMPLED = TraceFlags(TraceFlags.SAMPLED), TraceFlags(TraceFlags.DEFAULT)
QUICK_NS = 100_000_000
"""What takes longer is worth to be looked at, whatever came of it."""
_SCOPE = InstrumentationScope("smartcity", schema_url=semconv.SCHEMA_URL)
_OK = Status(StatusCode.UNSET)
_HEX = frozenset("0123456789abcdef")


class Span:
    """A span being recorded, or only its ids when its trace is not sampled, or nothing at all without a set-up."""

    __slots__ = (
        "_attributes",
        "_kind",
        "_links",
        "_parent",
        "_processor",
        "_resource",
        "_settled",
        "_start",
        "_status",
        "_traceparent",
        "leaf",
        "name",
        "recording",
        "sampled",
        "span_number",
        "trace_number",
    )

    def __init__(self, trace_number: int, span_number: int, *, recording: bool = False) -> None:
        """One that records nothing; ``begin`` makes one that does."""
        self.trace_number = trace_number
        self.span_number = span_number
        self.sampled = recording
        """Whether its trace is recorded; that stays when it has ended."""
        self.recording = recording
        """False when what is set on the span goes nowhere, so that costly attributes need not be computed."""
        self.leaf = True
        """Whether no span was begun below it in this process."""
        self._settled = False
        self._traceparent: str | None = None

    def begin(
        self,
        name: str,
        kind: SpanKind,
        attributes: Attributes | None,
        parent: SpanContext | None,
        links: Sequence[SpanContext],
        start_ns: int | None,
        processor: SpanProcessor,
        resource: Resource,
    ) -> None:
        """Begins to record."""
        self.name = name
        self._kind = kind
        self._attributes = dict(attributes) if attributes else {}
        self._parent = parent
        self._links = list(links)
        self._start = time.time_ns() if start_ns is None else start_ns
        self._status = _OK
        self._processor = processor
        self._resource = resource

    @property
    def traceparent(self) -> str | None:
        """The span as W3C ``traceparent``, to hand to another process; known before the span ends."""
        if self._traceparent is None and self.trace_number:
            flags = "01" if self.sampled else "00"
            self._traceparent = f"00-{self.trace_number:032x}-{self.span_number:016x}-{flags}"
        return self._traceparent

    @property
    def trace_id(self) -> str | None:
        """The id of the trace: 32 hex digits."""
        return f"{self.trace_number:032x}" if self.trace_number else None

    @property
    def span_id(self) -> str | None:
        """The id of the span: 16 hex digits."""
        return f"{self.span_number:016x}" if self.trace_number else None

    @property
    def context(self) -> SpanContext:
        """What the SDK knows a span by."""
        flags = SAMPLED if self.sampled else UNSAMPLED
        return SpanContext(self.trace_number, self.span_number, is_remote=False, trace_flags=flags)

    def set(self, key: str, value: Attribute) -> None:
        """Sets an attribute; never one with personal data in it."""
        if self.recording:
            self._attributes[key] = value

    def rename(self, name: str) -> None:
        """Renames the span, for what is known only later (the route of a request)."""
        if self.recording:
            self.name = name

    def link(self, traceparent: str | None) -> None:
        """Names another cause; anything that is not a valid ``traceparent`` is ignored."""
        if self.recording and (found := parsed(traceparent)) is not None:
            self._links.append(found)

    def fail(self, error: BaseException | str) -> None:
        """Marks the span as failed for a reason.

        Only the kind of the error is kept: messages and stack traces of a database error carry row data, which may be
        personal. The full text is in the service's log under the same trace id.
        """
        self._settled = True
        if self.recording:
            reason = error if isinstance(error, str) else _reason(error)
            self._attributes[semconv.ERROR_TYPE] = reason
            self._status = Status(StatusCode.ERROR, reason)

    def forget(self) -> None:
        """Takes back a span that nobody asked for, that has none below it and that was quick."""
        if self.recording and self._parent is None and self.leaf:
            self.recording = time.time_ns() - self._start > QUICK_NS

    def settle(self) -> None:
        """Says that the outcome has been told: an exception that still leaves the block is how it is carried out."""
        self._settled = True

    @property
    def settled(self) -> bool:
        """Whether the outcome has been told."""
        return self._settled

    def end(self, end_ns: int | None = None) -> None:
        """Ends the span (nanoseconds since the epoch; default now) and hands it to whoever sends it."""
        if not self.recording:
            return
        self.recording = False
        self._processor.on_end(
            ReadableSpan(
                self.name,
                SpanContext(self.trace_number, self.span_number, is_remote=False, trace_flags=SAMPLED),
                self._parent,
                self._resource,
                self._attributes,
                links=[Link(each) for each in self._links],
                kind=self._kind,
                instrumentation_scope=_SCOPE,
                status=self._status,
                start_time=self._start,
                end_time=time.time_ns() if end_ns is None else end_ns,
            )
        )


NOTHING = Span(0, 0)
"""The span where there is none."""

_around: ContextVar[Span] = ContextVar("smartcity_span", default=NOTHING)


def around() -> Span:
    """The span around the caller."""
    return _around.get()


def enter(span: Span) -> Token[Span]:
    """Puts a span around what follows in this task and in those that it begins."""
    return _around.set(span)


def leave(token: Token[Span]) -> None:
    """Takes it away again."""
    _around.reset(token)


def parsed(traceparent: str | None) -> SpanContext | None:
    """The span of another process that a W3C ``traceparent`` names; None for a broken one."""
    if not traceparent:
        return None
    version, *fields = traceparent.strip().split("-")
    if len(fields) < 3 or [len(version), *map(len, fields[:3])] != [2, 32, 16, 2]:
        return None
    if version == "ff" or (version == "00" and len(fields) > 3) or not _HEX.issuperset("".join((version, *fields[:3]))):
        return None
    trace, span, flags = (int(each, 16) for each in fields[:3])
    if not trace or not span:
        return None
    return SpanContext(trace, span, is_remote=True, trace_flags=SAMPLED if flags & 1 else UNSAMPLED)


def new_trace() -> int:
    """A random id of a trace."""
    return random.getrandbits(128) or 1


def new_span() -> int:
    """A random id of a span."""
    return random.getrandbits(64) or 1


def _reason(error: BaseException) -> str:
    reason = getattr(error, "reason", None)
    return reason if isinstance(reason, str) and reason else type(error).__qualname__
