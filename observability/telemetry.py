"""Traces: thin spans of our own on the OpenTelemetry SDK.

One action is one trace. ``span`` opens a span around a block; what is opened inside becomes its child, across tasks
too. Across processes the parent travels as a W3C ``traceparent`` string: read it with ``current_traceparent``, hand
it to ``span(parent=...)`` on the other side. A cause that is not the parent (a foreign caller, the other events of a
batch) is a *link*.

The sampling decision is made first, when a trace begins, and holds in every process of the trace. Below an unsampled
span nothing is built, so tracing 1 % costs nearly nothing. Contrib instrumentation costs two to four times a request
and is not used; the provider is ours and is not installed globally, so no library traces by itself behind our back.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased, Sampler, TraceIdRatioBased
from opentelemetry.trace import Link, SpanContext, SpanKind, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from observability import metrics, semconv
from observability.context import current_span_id, current_trace_id, current_traceparent, format_traceparent
from observability.export import QuietSpanExporter, silence_sdk_loggers

__all__ = [
    "Span",
    "SpanKind",
    "configure",
    "current_span",
    "current_span_id",
    "current_trace_id",
    "current_traceparent",
    "flush",
    "open_span",
    "record_span",
    "shutdown",
    "span",
]

Attribute = str | bool | int | float
Attributes = Mapping[str, Attribute]

EXPORT_DELAY_MS = 200
"""Spans leave the process at least this often, so that a viewer is never far behind."""
QUEUE_SPANS = 8_192
BATCH_SPANS = 512

_propagator = TraceContextTextMapPropagator()
_nowhere = contexts.Context()


@dataclass
class _Setup:
    """What ``configure`` made for this process."""

    provider: TracerProvider
    tracer: Tracer
    exporter: QuietSpanExporter | None


_setup: _Setup | None = None


class Span:
    """A span being recorded, or nothing at all when its trace is not sampled."""

    __slots__ = ("_settled", "_span")

    def __init__(self, span: trace.Span) -> None:
        """Wraps a span of the SDK; use ``span`` or ``open_span`` to get one."""
        self._span = span
        self._settled = False

    @property
    def recording(self) -> bool:
        """False when what is set on the span goes nowhere, so that costly attributes need not be computed."""
        return self._span.is_recording()

    @property
    def traceparent(self) -> str | None:
        """The span as W3C ``traceparent``, to hand to another process; known before the span ends."""
        return format_traceparent(self._span.get_span_context())

    @property
    def trace_id(self) -> str | None:
        """The id of the trace: 32 hex digits."""
        found = self._span.get_span_context()
        return format(found.trace_id, "032x") if found.is_valid else None

    def set(self, key: str, value: Attribute) -> None:
        """Sets an attribute; never one with personal data in it."""
        self._span.set_attribute(key, value)

    def rename(self, name: str) -> None:
        """Renames the span, for what is known only later (the route of a request)."""
        if self._span.is_recording():
            self._span.update_name(name)

    def link(self, traceparent: str | None) -> None:
        """Names another cause; anything that is not a valid ``traceparent`` is ignored."""
        if self._span.is_recording() and (found := _span_context(traceparent)) is not None:
            self._span.add_link(found)

    def fail(self, error: BaseException | str) -> None:
        """Marks the span as failed for a reason.

        Only the kind of the error is kept: messages and stack traces of a database error carry row data, which may be
        personal. The full text is in the service's log under the same trace id.
        """
        self._settled = True
        reason = error if isinstance(error, str) else _reason(error)
        self._span.set_attribute(semconv.ERROR_TYPE, reason)
        self._span.set_status(StatusCode.ERROR, reason)

    def settle(self) -> None:
        """Says that the outcome has been told: an exception that still leaves the block is how it is carried out."""
        self._settled = True

    def end(self, end_ns: int | None = None) -> None:
        """Ends a span made by ``open_span`` (nanoseconds since the epoch; default now)."""
        if self._span.is_recording():
            self._span.end(end_ns)


def configure(service: str, version: str, instance: str, otlp_endpoint: str, ratio: float) -> None:
    """Sets telemetry up for this process; calling it again replaces the former set-up.

    ``otlp_endpoint`` is the base URL of an OTLP/HTTP receiver; without one nothing is sent, but traces still have ids,
    so that a problem report and a log line can be put together. ``ratio`` is the share (0 to 1) of the traces begun
    here that are recorded; a trace begun elsewhere keeps the decision made there.
    """
    global _setup
    shutdown()
    silence_sdk_loggers()
    resource = Resource.create(
        {
            semconv.SERVICE_NAME: service,
            semconv.SERVICE_NAMESPACE: semconv.NAMESPACE,
            semconv.SERVICE_VERSION: version,
            semconv.SERVICE_INSTANCE_ID: instance,
        },
        semconv.SCHEMA_URL,
    )
    exporter = QuietSpanExporter(otlp_endpoint) if otlp_endpoint else None
    _setup = _build(resource, exporter, TraceIdRatioBased(ratio) if exporter else ALWAYS_OFF)
    metrics.configure(resource, otlp_endpoint)


def _build(resource: Resource, exporter: QuietSpanExporter | None, root: Sampler) -> _Setup:
    provider = TracerProvider(sampler=ParentBased(root), resource=resource, shutdown_on_exit=False)
    if exporter is not None:
        provider.add_span_processor(_batching(exporter))
    tracer = provider.get_tracer("smartcity", schema_url=semconv.SCHEMA_URL)
    return _Setup(provider, tracer, exporter)


def _batching(exporter: SpanExporter) -> BatchSpanProcessor:
    return BatchSpanProcessor(
        exporter,
        max_queue_size=QUEUE_SPANS,
        schedule_delay_millis=EXPORT_DELAY_MS,
        max_export_batch_size=BATCH_SPANS,
    )


def flush() -> None:
    """Sends what is still in memory; blocks for one export at most per batch."""
    if _setup is not None:
        _setup.provider.force_flush()


def shutdown() -> None:
    """Sends what is still in memory and stops; blocks for about two seconds when the backend does not answer."""
    global _setup
    stopped, _setup = _setup, None
    metrics.shutdown()
    if stopped is None:
        return
    if stopped.exporter is not None:
        stopped.exporter.closing()
    stopped.provider.shutdown()


@contextmanager
def span(
    name: str,
    kind: SpanKind = SpanKind.INTERNAL,
    attributes: Attributes | None = None,
    parent: str | None = None,
    links: Iterable[str] = (),
    *,
    root: bool = False,
) -> Iterator[Span]:
    """Opens a span around a block, child of the one around it.

    ``parent`` (a ``traceparent``) makes it the child of a span of another process instead; ``root`` begins a new trace
    whatever is around it. ``links`` are the ``traceparent`` of other causes. An exception that leaves the block marks
    the span as failed.
    """
    started = open_span(name, kind, attributes, parent, links, root=root)
    if started._span is trace.get_current_span():
        yield started
        return
    token = contexts.attach(trace.set_span_in_context(started._span))
    try:
        yield started
    except GeneratorExit:
        raise
    except BaseException as error:
        if not started._settled:
            started.fail(error)
        raise
    finally:
        contexts.detach(token)
        started.end()


def open_span(
    name: str,
    kind: SpanKind = SpanKind.INTERNAL,
    attributes: Attributes | None = None,
    parent: str | None = None,
    links: Iterable[str] = (),
    *,
    root: bool = False,
    start_ns: int | None = None,
) -> Span:
    """Begins a span without putting it around anything; end it with ``Span.end``.

    For work whose ``traceparent`` must be written somewhere before the work is done: the relay opens one span per event
    of a batch, puts its ``traceparent`` into the message and ends all when the stream has taken them.
    """
    if _setup is None:
        return _NOTHING
    if root:
        around: contexts.Context = _nowhere
    elif parent is not None:
        around = _propagator.extract({"traceparent": parent}, _nowhere)
    else:
        around = contexts.get_current()
        current = trace.get_current_span(around)
        found = current.get_span_context()
        if found.is_valid and not found.trace_flags.sampled:
            return Span(current)
    causes = [Link(cause) for one in links if (cause := _span_context(one)) is not None]
    return Span(_setup.tracer.start_span(name, around, kind, attributes, causes, start_ns))


def record_span(
    name: str,
    kind: SpanKind,
    parent: str | None,
    start_ns: int,
    end_ns: int | None = None,
    attributes: Attributes | None = None,
    links: Iterable[str] = (),
) -> str | None:
    """Records a span after the fact and returns its ``traceparent``.

    Times are nanoseconds since the epoch (``time.time_ns()``). Without a parent the span begins a trace of its own.
    """
    done = open_span(name, kind, attributes, parent, links, root=parent is None, start_ns=start_ns)
    done.end(end_ns if end_ns is not None else time.time_ns())
    return done.traceparent or parent


def current_span() -> Span:
    """The span around the caller (one that records nothing when there is none)."""
    return Span(trace.get_current_span())


def _span_context(traceparent: str | None) -> SpanContext | None:
    if not traceparent:
        return None
    found = trace.get_current_span(_propagator.extract({"traceparent": traceparent}, _nowhere)).get_span_context()
    return found if found.is_valid else None


def _reason(error: BaseException) -> str:
    reason = getattr(error, "reason", None)
    return reason if isinstance(reason, str) and reason else type(error).__qualname__


_NOTHING = Span(trace.INVALID_SPAN)
