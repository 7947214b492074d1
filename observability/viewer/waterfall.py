"""How a trace is laid out: spans as a tree, each with its place on the time axis."""

from collections.abc import Sequence

import msgspec

from observability.viewer.spans import Span

MOST_ROWS = 1_000
"""Rows shown of one trace; what is above is told, not shown."""

TELLING_KINDS = frozenset({"server", "producer", "consumer"})
"""The kinds of span that tell a story: what was asked, what was announced, who reacted."""


class Row(msgspec.Struct, frozen=True):
    """One span in its place: ``offset`` and ``width`` in percent of the whole trace, ``offset_ns`` from its start."""

    span: Span
    depth: int
    offset: float
    width: float
    offset_ns: int
    orphan: bool

    @property
    def duration_ns(self) -> int:
        """How long the span took."""
        return self.span.end_ns - self.span.start_ns


def lay_out(spans: Sequence[Span]) -> list[Row]:
    """Rows from the root down, children by start; a span whose parent was not received stands at the left."""
    if not spans:
        return []
    start = min(span.start_ns for span in spans)
    whole = max(max(span.end_ns for span in spans) - start, 1)
    ids = {span.span_id for span in spans}
    children: dict[str, list[Span]] = {}
    for span in sorted(spans, key=lambda one: (one.start_ns, one.end_ns)):
        children.setdefault(span.parent_span_id if span.parent_span_id in ids else "", []).append(span)
    rows: list[Row] = []
    waiting = [(span, 0) for span in reversed(children.pop("", []))]
    while waiting and len(rows) < MOST_ROWS:
        span, depth = waiting.pop()
        rows.append(_row(span, depth, start, whole, orphan=depth == 0 and bool(span.parent_span_id)))
        waiting += [(child, depth + 1) for child in reversed(children.pop(span.span_id, []))]
    return rows


def _row(span: Span, depth: int, start: int, whole: int, *, orphan: bool) -> Row:
    offset = span.start_ns - start
    return Row(
        span=span,
        depth=depth,
        offset=round(100 * offset / whole, 3),
        width=round(100 * (span.end_ns - span.start_ns) / whole, 3),
        offset_ns=offset,
        orphan=orphan,
    )


def telling(rows: Sequence[Row]) -> list[Row]:
    """The rows that tell the story, moved left to the nearest shown ancestor; all failed ones are kept."""
    shown: list[Row] = []
    path: list[bool] = []  # whether the ancestor at each depth is shown
    for row in rows:
        del path[row.depth :]
        keep = row.span.kind in TELLING_KINDS or row.span.failed or row.depth == 0
        if keep:
            shown.append(msgspec.structs.replace(row, depth=sum(path)))
        path.append(keep)
    return shown
