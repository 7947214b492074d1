"""Which trace and span the caller is in."""

from observability import spans


def current_traceparent() -> str | None:
    """The span around the caller as W3C ``traceparent``, sampled or not; None outside a trace."""
    return spans.around().traceparent


def current_trace_id() -> str | None:
    """The id of the trace around the caller: 32 hex digits; None outside a trace."""
    return spans.around().trace_id


def current_span_id() -> str | None:
    """The id of the span around the caller: 16 hex digits; None outside a trace."""
    return spans.around().span_id
