"""Spans of this process, kept in memory."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from observability import telemetry


class Spans:
    """What was recorded, and how it hangs together."""

    def __init__(self, exporter: InMemorySpanExporter) -> None:
        self._exporter = exporter

    def named(self, name: str, kind: SpanKind | None = None) -> list[ReadableSpan]:
        """All finished spans of that name."""
        return [s for s in self._exporter.get_finished_spans() if s.name == name and kind in (None, s.kind)]

    def one(self, name: str, kind: SpanKind | None = None) -> ReadableSpan:
        """The only span of that name."""
        found = self.named(name, kind)
        names = sorted(span.name for span in self._exporter.get_finished_spans())
        assert len(found) == 1, f"{len(found)} spans {name} among {names}"
        return found[0]


def is_child(child: ReadableSpan, parent: ReadableSpan) -> bool:
    """Whether ``parent`` is the parent of ``child`` in one trace."""
    return child.parent is not None and child.parent.span_id == parent.context.span_id and same_trace(child, parent)


def is_linked(span: ReadableSpan, cause: ReadableSpan) -> bool:
    """Whether ``span`` has a link to ``cause``."""
    return cause.context.span_id in {link.context.span_id for link in span.links}


def same_trace(one: ReadableSpan, other: ReadableSpan) -> bool:
    """Whether both are of one action."""
    return bool(one.context.trace_id == other.context.trace_id)


@contextmanager
def recording(monkeypatch: pytest.MonkeyPatch) -> Iterator[Spans]:
    """Records every span of this process until the block ends."""
    exporter = InMemorySpanExporter()
    processor = SimpleSpanProcessor(exporter)
    monkeypatch.setattr(telemetry, "_setup", telemetry._Setup(processor, Resource.create({}), 1 << 64))
    yield Spans(exporter)
    processor.shutdown()
