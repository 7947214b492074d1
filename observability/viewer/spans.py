"""Spans as the viewer keeps and shows them, read from OTLP."""

from collections.abc import Iterable
from typing import Any

import msgspec
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span as OtlpSpan
from opentelemetry.proto.trace.v1.trace_pb2 import Status as OtlpStatus

from observability import semconv

Value = Any
"""What an attribute holds: a JSON value."""

_KINDS = {
    OtlpSpan.SPAN_KIND_SERVER: "server",
    OtlpSpan.SPAN_KIND_CLIENT: "client",
    OtlpSpan.SPAN_KIND_PRODUCER: "producer",
    OtlpSpan.SPAN_KIND_CONSUMER: "consumer",
}
_STATUS = {OtlpStatus.STATUS_CODE_OK: "ok", OtlpStatus.STATUS_CODE_ERROR: "error"}


class Link(msgspec.Struct, frozen=True):
    """Another cause of a span."""

    trace_id: str
    span_id: str


class Event(msgspec.Struct, frozen=True):
    """Something that happened during a span."""

    name: str
    time_ns: int
    attributes: dict[str, Value]


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """One span. Ids are hex, times nanoseconds since the epoch, ``parent_span_id`` is empty for the root."""

    trace_id: str
    span_id: str
    parent_span_id: str
    name: str
    kind: str
    service: str
    instance: str
    start_ns: int
    end_ns: int
    attributes: dict[str, Value]
    links: list[Link] = []
    events: list[Event] = []
    status: str = "unset"
    status_message: str = ""

    @property
    def correlation_id(self) -> str:
        """The story this span belongs to, or nothing."""
        return str(self.attributes.get(semconv.CORRELATION_ID, ""))

    @property
    def case_code(self) -> str:
        """The case this span belongs to, or nothing."""
        return str(self.attributes.get(semconv.CASE_CODE, ""))

    @property
    def failed(self) -> bool:
        """Whether the span ended in an error."""
        return self.status == "error"


def read_spans(request: ExportTraceServiceRequest) -> list[Span]:
    """The spans of one export; a span without ids is left out."""
    found: list[Span] = []
    for group in request.resource_spans:
        resource = read_attributes(group.resource.attributes)
        service = str(resource.get(semconv.SERVICE_NAME, "unknown"))
        instance = str(resource.get(semconv.SERVICE_INSTANCE_ID, ""))
        for scope in group.scope_spans:
            found += [_read_span(span, service, instance) for span in scope.spans if span.trace_id and span.span_id]
    return found


def _read_span(span: OtlpSpan, service: str, instance: str) -> Span:
    return Span(
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_span_id=span.parent_span_id.hex(),
        name=span.name,
        kind=_KINDS.get(span.kind, "internal"),
        service=service,
        instance=instance,
        start_ns=span.start_time_unix_nano,
        end_ns=max(span.end_time_unix_nano, span.start_time_unix_nano),
        attributes=read_attributes(span.attributes),
        links=[Link(link.trace_id.hex(), link.span_id.hex()) for link in span.links],
        events=[Event(one.name, one.time_unix_nano, read_attributes(one.attributes)) for one in span.events],
        status=_STATUS.get(span.status.code, "unset"),
        status_message=span.status.message,
    )


def read_attributes(pairs: Iterable[KeyValue]) -> dict[str, Value]:
    """OTLP key-value pairs as a plain mapping."""
    return {pair.key: _read_value(pair.value) for pair in pairs}


def _read_value(value: AnyValue) -> Value:
    match value.WhichOneof("value"):
        case "string_value":
            return value.string_value
        case "int_value":
            return value.int_value
        case "bool_value":
            return value.bool_value
        case "double_value":
            return value.double_value
        case "array_value":
            return [_read_value(one) for one in value.array_value.values]
        case "kvlist_value":
            return read_attributes(value.kvlist_value.values)
        case "bytes_value":
            return value.bytes_value.hex()
        case _:
            return None
