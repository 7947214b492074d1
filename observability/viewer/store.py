"""Where the viewer keeps spans: one SQLite file, bounded by a number of spans.

SQLite and not memory, so that the process stays small however much is kept, and spans outlive a restart. It is a
cache: a file of another version or a damaged one is thrown away, and nothing waits for the disk.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from observability.viewer.spans import Span

SCHEMA_VERSION = 1
LATEST_NS = 2**62
"""No span begins later: in the year 2116, which SQLite can hold."""
STORY_MOST = 500
"""Traces of a story that are told."""
SLACK = 0.1
"""Share by which the bound may be passed before the oldest traces are dropped, so that it does not happen each time."""

_SCHEMA = """
CREATE TABLE span (trace_id TEXT NOT NULL, span_id TEXT NOT NULL, start_ns INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (trace_id, span_id)) WITHOUT ROWID;
CREATE TABLE trace (trace_id TEXT PRIMARY KEY, start_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL,
    spans INTEGER NOT NULL, errors INTEGER NOT NULL,
    root_known INTEGER NOT NULL, root_name TEXT NOT NULL, root_service TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX trace_by_start ON trace (start_ns);
CREATE TABLE trace_service (trace_id TEXT NOT NULL, service TEXT NOT NULL,
    PRIMARY KEY (trace_id, service)) WITHOUT ROWID;
CREATE INDEX trace_service_by_service ON trace_service (service);
CREATE TABLE trace_key (trace_id TEXT NOT NULL, correlation_id TEXT NOT NULL, case_code TEXT NOT NULL,
    PRIMARY KEY (trace_id, correlation_id, case_code)) WITHOUT ROWID;
CREATE INDEX trace_key_by_correlation ON trace_key (correlation_id);
CREATE INDEX trace_key_by_code ON trace_key (case_code);
"""

_UPSERT_TRACE = """
INSERT INTO trace VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (trace_id) DO UPDATE SET
    root_name = CASE WHEN excluded.root_known OR (NOT root_known AND excluded.start_ns < start_ns)
        THEN excluded.root_name ELSE root_name END,
    root_service = CASE WHEN excluded.root_known OR (NOT root_known AND excluded.start_ns < start_ns)
        THEN excluded.root_service ELSE root_service END,
    root_known = root_known OR excluded.root_known,
    start_ns = min(start_ns, excluded.start_ns), end_ns = max(end_ns, excluded.end_ns),
    spans = spans + excluded.spans, errors = errors + excluded.errors
"""

# A code leads to its correlation ids by the spans that carry both. A trace that carries the code on one span and a
# single correlation id on others counts too; one with several (a timer that moved many cases) would join strangers.
_CORRELATIONS_OF = """
SELECT DISTINCT correlation_id FROM trace_key WHERE case_code = :key AND correlation_id <> ''
UNION
SELECT max(correlation_id) FROM trace_key
WHERE correlation_id <> '' AND trace_id IN (SELECT trace_id FROM trace_key WHERE case_code = :key)
GROUP BY trace_id HAVING count(DISTINCT correlation_id) = 1
"""


class TraceSummary(msgspec.Struct, frozen=True):
    """One line about a trace. Times in nanoseconds since the epoch; the root is the earliest span until it arrives."""

    trace_id: str
    start_ns: int
    end_ns: int
    spans: int
    errors: int
    name: str
    service: str
    services: list[str]
    codes: list[str]


class Store:
    """The spans kept."""

    def __init__(self, path: str, most_spans: int) -> None:
        """Opens the file at ``path`` (empty: a temporary one) and keeps about ``most_spans`` spans in it."""
        self._most_spans = most_spans
        self._database = _open(path)
        self._count = int(self._database.execute("SELECT count(*) FROM span").fetchone()[0])

    def close(self) -> None:
        """Closes the file."""
        self._database.close()

    def add(self, spans: Sequence[Span]) -> None:
        """Keeps spans; one that is already there (an export repeated) is not counted twice."""
        with self._database:
            fresh = [span for span in spans if self._insert(span)]
            self._database.executemany(_UPSERT_TRACE, _summaries(fresh))
            self._database.executemany(
                "INSERT OR IGNORE INTO trace_service VALUES (?, ?)", {(span.trace_id, span.service) for span in fresh}
            )
            keys = {(span.trace_id, span.correlation_id, span.case_code) for span in fresh}
            self._database.executemany(
                "INSERT OR IGNORE INTO trace_key VALUES (?, ?, ?)", [key for key in keys if key[1] or key[2]]
            )
            self._count += len(fresh)
            if self._count > self._most_spans * (1 + SLACK):
                self._drop_oldest()

    def _insert(self, span: Span) -> bool:
        row = (span.trace_id, span.span_id, span.start_ns, msgspec.json.encode(span))
        return self._database.execute("INSERT OR IGNORE INTO span VALUES (?, ?, ?, ?)", row).rowcount > 0

    def _drop_oldest(self) -> None:
        oldest = "SELECT trace_id, spans FROM trace ORDER BY start_ns"
        dropped: list[tuple[str]] = []
        for trace_id, spans in self._database.execute(oldest):
            if self._count <= self._most_spans:
                break
            dropped.append((trace_id,))
            self._count -= spans
        for table in ("span", "trace", "trace_service", "trace_key"):
            self._database.executemany(f"DELETE FROM {table} WHERE trace_id = ?", dropped)  # noqa: S608 # our own names

    def trace(self, trace_id: str) -> list[Span]:
        """The spans of a trace by start; none when it is unknown."""
        rows = self._database.execute("SELECT body FROM span WHERE trace_id = ? ORDER BY start_ns", (trace_id,))
        return [msgspec.json.decode(body, type=Span) for (body,) in rows]

    def known(self, trace_ids: Iterable[str]) -> set[str]:
        """Those of the traces that are kept."""
        asked = set(trace_ids)
        return {
            one for one in asked if self._database.execute("SELECT 1 FROM trace WHERE trace_id = ?", (one,)).fetchone()
        }

    def recent(
        self, service: str = "", failed: bool = False, before_ns: int = 0, limit: int = 50
    ) -> list[TraceSummary]:
        """The newest traces first; optionally those that touched a service, failed, or began before a time."""
        return self._summarise(
            """WHERE (:service = '' OR trace_id IN (SELECT trace_id FROM trace_service WHERE service = :service))
            AND (NOT :failed OR errors > 0) AND (:before = 0 OR start_ns < :before)
            ORDER BY start_ns DESC LIMIT :limit""",
            {"service": service, "failed": failed, "before": before_ns, "limit": limit},
        )

    def correlations(self, key: str) -> list[str]:
        """The correlation ids that a case code (or a correlation id itself) stands for."""
        found = [row[0] for row in self._database.execute(_CORRELATIONS_OF, {"key": key})]
        own = self._database.execute("SELECT 1 FROM trace_key WHERE correlation_id = ?", (key,)).fetchone()
        return sorted({*found, key} if own else found)

    def codes(self, correlations: Iterable[str]) -> list[str]:
        """The case codes seen together with correlation ids."""
        query = "SELECT DISTINCT case_code FROM trace_key WHERE correlation_id = ? AND case_code <> ''"
        return sorted({row[0] for one in correlations for row in self._database.execute(query, (one,))})

    def story(self, key: str) -> list[TraceSummary]:
        """The latest traces of a case code or correlation id in order of time: ``STORY_MOST`` and one before."""
        keys = msgspec.json.encode([key, *self.correlations(key)]).decode()
        return self._summarise(
            """WHERE trace_id IN (SELECT trace_id FROM trace_key
                WHERE case_code = :key OR correlation_id IN (SELECT value FROM json_each(:keys)))
            ORDER BY start_ns DESC LIMIT :most""",
            {"key": key, "keys": keys, "most": STORY_MOST + 1},
        )[::-1]

    def services(self) -> list[str]:
        """Every service that sent a span that is still kept."""
        return [row[0] for row in self._database.execute("SELECT DISTINCT service FROM trace_service ORDER BY service")]

    def _summarise(self, condition: str, values: dict[str, object]) -> list[TraceSummary]:
        query = f"""SELECT trace_id, start_ns, end_ns, spans, errors, root_name, root_service,
            (SELECT json_group_array(service) FROM trace_service s WHERE s.trace_id = trace.trace_id),
            (SELECT json_group_array(DISTINCT case_code) FROM trace_key k
                WHERE k.trace_id = trace.trace_id AND case_code <> '')
            FROM trace {condition}"""  # noqa: S608 # conditions are constants above
        return [_read_summary(*row) for row in self._database.execute(query, values)]


def _open(path: str) -> sqlite3.Connection:
    try:
        return _prepare(path)
    except sqlite3.DatabaseError:
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(path + suffix).unlink(missing_ok=True)
        return _prepare(path)


def _prepare(path: str) -> sqlite3.Connection:
    database = sqlite3.connect(path, check_same_thread=False)
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA cache_size = -2048")
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if version == 0:
        database.executescript(f"{_SCHEMA}PRAGMA user_version = {SCHEMA_VERSION};")
    elif version != SCHEMA_VERSION:
        database.close()
        raise sqlite3.DatabaseError(f"the trace file has version {version}, not {SCHEMA_VERSION}")
    return database


def _summaries(spans: Sequence[Span]) -> list[tuple[object, ...]]:
    by_trace: dict[str, list[Span]] = {}
    for span in spans:
        by_trace.setdefault(span.trace_id, []).append(span)
    return [_summary(trace_id, group) for trace_id, group in by_trace.items()]


def _summary(trace_id: str, spans: list[Span]) -> tuple[object, ...]:
    root = min(spans, key=lambda span: (bool(span.parent_span_id), span.start_ns))
    return (
        trace_id,
        min(span.start_ns for span in spans),
        max(span.end_ns for span in spans),
        len(spans),
        sum(span.failed for span in spans),
        not root.parent_span_id,
        root.name,
        root.service,
    )


def _read_summary(
    trace_id: str,
    start_ns: int,
    end_ns: int,
    spans: int,
    errors: int,
    name: str,
    service: str,
    services: str,
    codes: str,
) -> TraceSummary:
    touched = sorted(msgspec.json.decode(services, type=list[str]))
    return TraceSummary(
        trace_id, start_ns, end_ns, spans, errors, name, service, touched, msgspec.json.decode(codes, type=list[str])
    )
