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
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind

from observability import metrics, semconv, spans
from observability.context import current_span_id, current_trace_id, current_traceparent
from observability.export import QuietSpanExporter, silence_sdk_loggers
from observability.spans import Attributes, Span

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

EXPORT_DELAY_MS = 200
"""Spans leave the process at least this often, so that a viewer is never far behind."""
QUEUE_SPANS = 8_192
BATCH_SPANS = 512
_LOWER = (1 << 64) - 1


@dataclass
class _Setup:
    """What ``configure`` made for this process."""

    processor: SpanProcessor
    resource: Resource
    bound: int
    """A trace begun here is recorded when the lower half of its id is below it."""
    exporter: QuietSpanExporter | None = None


_setup: _Setup | None = None


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
    if otlp_endpoint:
        exporter = QuietSpanExporter(otlp_endpoint)
        batching = BatchSpanProcessor(
            exporter,
            max_queue_size=QUEUE_SPANS,
            schedule_delay_millis=EXPORT_DELAY_MS,
            max_export_batch_size=BATCH_SPANS,
        )
        _setup = _Setup(batching, resource, round(ratio * (1 << 64)), exporter)
    else:
        _setup = _Setup(SpanProcessor(), resource, 0)
    metrics.configure(resource, otlp_endpoint)


def flush() -> None:
    """Sends what is still in memory; blocks for one export at most per batch."""
    if _setup is not None:
        _setup.processor.force_flush()


def shutdown() -> None:
    """Sends what is still in memory and stops; blocks for about two seconds when the backend does not answer."""
    global _setup
    stopped, _setup = _setup, None
    metrics.shutdown()
    if stopped is None:
        return
    if stopped.exporter is not None:
        stopped.exporter.closing()
    stopped.processor.shutdown()


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
    if started is spans.around():
        yield started
        return
    token = spans.enter(started)
    try:
        yield started
    except GeneratorExit:
        raise
    except BaseException as error:
        if not started.settled:
            started.fail(error)
        raise
    finally:
        spans.leave(token)
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
        return spans.NOTHING
    around = spans.NOTHING if root or parent is not None else spans.around()
    if around.trace_number and not around.sampled:
        return around
    around.leaf = False
    above = spans.parsed(parent) if parent is not None else around.context if around.trace_number else None
    trace_number = above.trace_id if above is not None else spans.new_trace()
    recording = above.trace_flags.sampled if above is not None else trace_number & _LOWER < _setup.bound
    made = Span(trace_number, spans.new_span(), recording=recording)
    if recording:
        causes = [cause for one in links if (cause := spans.parsed(one)) is not None]
        made.begin(name, kind, attributes, above, causes, start_ns, _setup.processor, _setup.resource)
    return made


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
    return spans.around()
