"""Which trace and span the caller is in. Needs the OpenTelemetry API only, so that logging stays light."""

from opentelemetry import trace
from opentelemetry.trace import SpanContext


def current_traceparent() -> str | None:
    """The span around the caller as W3C ``traceparent``, sampled or not; None outside a trace."""
    return format_traceparent(trace.get_current_span().get_span_context())


def current_trace_id() -> str | None:
    """The id of the trace around the caller: 32 hex digits; None outside a trace."""
    found = trace.get_current_span().get_span_context()
    return format(found.trace_id, "032x") if found.is_valid else None


def current_span_id() -> str | None:
    """The id of the span around the caller: 16 hex digits; None outside a trace."""
    found = trace.get_current_span().get_span_context()
    return format(found.span_id, "016x") if found.is_valid else None


def format_traceparent(found: SpanContext) -> str | None:
    """A span context as W3C ``traceparent``; None for the context of no span."""
    if not found.is_valid:
        return None
    return f"00-{found.trace_id:032x}-{found.span_id:016x}-{found.trace_flags:02x}"
