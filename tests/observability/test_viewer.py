"""The viewer: takes real exports, answers with traces and stories, keeps within its bound."""

import gzip
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from observability import metrics, telemetry
from observability.semconv import CASE_CODE, CORRELATION_ID
from observability.spans import Attributes
from observability.telemetry import SpanKind, span
from observability.viewer.store import STORY_MOST
from tests.observability.running import RunningViewer, Viewer, wait_until


class Case:
    """One complaint's life, told by the real telemetry of three services."""

    def __init__(self, viewer: Viewer) -> None:
        """Files and resolves a complaint."""
        self.correlation = str(uuid.uuid4())
        self.code = f"SMG-{self.correlation[:4].upper()}-92"
        self._viewer = viewer
        sent = self._in("gateway", "POST /v1/complaints", SpanKind.SERVER, None, {CASE_CODE: self.code})
        filed = self._in("governance", "send ComplaintFiled", SpanKind.PRODUCER, sent, self._both())
        self._in("environment", "process ComplaintFiled", SpanKind.CONSUMER, filed, {CORRELATION_ID: self.correlation})
        done = self._in(
            "environment", "send CleanUpCompleted", SpanKind.PRODUCER, None, {CORRELATION_ID: self.correlation}
        )
        self._in("governance", "process CleanUpCompleted", SpanKind.CONSUMER, done, {CORRELATION_ID: self.correlation})

    def _both(self) -> Attributes:
        return {CASE_CODE: self.code, CORRELATION_ID: self.correlation}

    def _in(self, service: str, name: str, kind: SpanKind, parent: str | None, attributes: Attributes) -> str:
        telemetry.configure(service, "1", f"{service}-1", self._viewer.url, 1.0)
        with span(name, kind, attributes, parent, (parent,) if parent else ()) as made:
            assert made.traceparent is not None
        telemetry.shutdown()
        return made.traceparent


@pytest.fixture(scope="module")
def case(viewer: Viewer) -> Case:
    return Case(viewer)


def names(story: dict[str, Any]) -> list[list[str]]:
    return [[one["name"] for one in trace["spans"]] for trace in story["traces"]]


STORY = [
    ["POST /v1/complaints", "send ComplaintFiled", "process ComplaintFiled"],
    ["send CleanUpCompleted", "process CleanUpCompleted"],
]


def test_a_trace_holds_the_spans_of_all_its_services(viewer: Viewer, case: Case) -> None:
    story = viewer.get(f"/api/stories/{case.code}").json()
    spans = story["traces"][0]["spans"]
    assert [one["service"] for one in spans] == ["gateway", "governance", "environment"]
    assert spans[1]["parent_span_id"] == spans[0]["span_id"]
    assert spans[2]["parent_span_id"] == spans[1]["span_id"]
    assert spans[2]["links"] == [{"trace_id": spans[1]["trace_id"], "span_id": spans[1]["span_id"]}]


def test_the_story_of_a_code_holds_actions_that_know_only_the_correlation_id(viewer: Viewer, case: Case) -> None:
    story = viewer.get(f"/api/stories/{case.code}").json()
    assert names(story) == STORY
    assert story["correlation_ids"] == [case.correlation]


def test_the_story_of_a_correlation_id_is_the_same(viewer: Viewer, case: Case) -> None:
    story = viewer.get(f"/api/stories/{case.correlation}").json()
    assert names(story) == STORY
    assert story["codes"] == [case.code]


def test_a_trace_that_moved_many_cases_does_not_join_their_stories(traced: Viewer) -> None:
    codes = [f"SMG-{uuid.uuid4().hex[:6].upper()}" for _ in range(2)]
    with span("timer auto-close", root=True):
        for code in codes:
            with span("close", attributes={CASE_CODE: code, CORRELATION_ID: f"correlation-of-{code}"}):
                pass
    with span("POST reopen", attributes={CORRELATION_ID: f"correlation-of-{codes[1]}"}, root=True):
        pass
    telemetry.flush()
    assert names(traced.get(f"/api/stories/{codes[0]}").json()) == [["timer auto-close", "close", "close"]]


def test_of_a_story_that_goes_on_and_on_the_latest_is_told_and_that_there_was_more(traced: Viewer) -> None:
    correlation = str(uuid.uuid4())
    for number in range(STORY_MOST + 2):
        with span(f"step {number}", attributes={CORRELATION_ID: correlation}, root=True):
            pass
        if number == STORY_MOST - 1:
            telemetry.flush()
            assert traced.get(f"/api/stories/{correlation}").json()["earlier"] is False
    telemetry.flush()
    told = traced.get(f"/api/stories/{correlation}").json()
    assert (names(told)[0], names(told)[-1]) == (["step 2"], [f"step {STORY_MOST + 1}"])
    assert (len(told["traces"]), told["earlier"]) == (STORY_MOST, True)
    assert "it began earlier" in traced.get(f"/stories/{correlation}").text


def test_traces_are_listed_by_service_newest_first(viewer: Viewer, case: Case) -> None:
    listed = viewer.get("/api/traces?service=environment&limit=2").json()
    assert "environment" in listed["services"]
    starts = [one["start_ns"] for one in listed["traces"]]
    assert starts == sorted(starts, reverse=True)
    assert all("environment" in one["services"] for one in listed["traces"])


def test_the_root_names_the_trace_even_when_it_arrives_last(traced: Viewer) -> None:
    root = telemetry.open_span("the root", SpanKind.SERVER, root=True)
    with span("the child", parent=root.traceparent):
        pass
    telemetry.flush()
    root.end()
    telemetry.flush()
    listed = traced.get("/api/traces?limit=500").json()["traces"]
    (found,) = [one for one in listed if one["trace_id"] == root.trace_id]
    assert (found["name"], found["spans"]) == ("the root", 2)


def export(**changes: Any) -> ExportTraceServiceRequest:
    """One span as OTLP."""
    request = ExportTraceServiceRequest()
    group = request.resource_spans.add()
    group.resource.attributes.append(KeyValue(key="service.name", value=AnyValue(string_value="raw")))
    one = group.scope_spans.add().spans.add(trace_id=uuid.uuid4().bytes, span_id=b"12345678", name="raw", **changes)
    one.start_time_unix_nano = one.end_time_unix_nano = time.time_ns()
    return request


def trace_of(request: ExportTraceServiceRequest) -> str:
    return request.resource_spans[0].scope_spans[0].spans[0].trace_id.hex()


def test_an_export_sent_twice_counts_once(viewer: Viewer) -> None:
    request = export()
    for _ in range(2):
        assert viewer.post("/v1/traces", request.SerializeToString()).status_code == 200
    listed = viewer.get("/api/traces?service=raw&limit=500").json()["traces"]
    assert [one["spans"] for one in listed if one["trace_id"] == trace_of(request)] == [1]


def test_a_packed_export_is_unpacked(viewer: Viewer) -> None:
    request = export()
    answer = viewer.post("/v1/traces", gzip.compress(request.SerializeToString()), content_encoding="gzip")
    assert answer.status_code == 200
    assert viewer.get(f"/api/traces/{trace_of(request)}").status_code == 200


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"\xff\xff", {}, 400),
        (b"{}", {"content_type": "application/json"}, 415),
        (b"not gzip", {"content_encoding": "gzip"}, 400),
        (b"", {"content_encoding": "br"}, 415),
        (gzip.compress(bytes(17 * 1024 * 1024)), {"content_encoding": "gzip"}, 413),
    ],
)
def test_a_wrong_export_is_refused_with_a_reason(
    viewer: Viewer, body: bytes, headers: dict[str, str], status: int
) -> None:
    answer = viewer.post("/v1/traces", body, **headers)
    assert answer.status_code == status
    assert Status.FromString(answer.content).message


def test_logs_are_taken_so_that_no_sender_fails(viewer: Viewer) -> None:
    assert viewer.post("/v1/logs", ExportLogsServiceRequest().SerializeToString()).status_code == 200


def test_metrics_are_kept_as_last_values(traced: Viewer) -> None:
    metrics.record_duration("rpc.server.call.duration", 0.020, {"rpc.method": "a/B"})
    metrics.record_duration("rpc.server.call.duration", 0.040, {"rpc.method": "a/B"})
    metrics.observe("smartcity.outbox.age", "s", "Age of the oldest unsent event.", lambda: [(3.5, {"of": "test"})])
    metrics.shutdown()
    series = traced.get("/api/metrics").json()["series"]
    (duration,) = [one for one in series if one["attributes"] == {"rpc.method": "a/B"}]
    assert (duration["count"], round(duration["value"], 6), duration["p95"]) == (2, 0.03, 0.05)
    (age,) = [one for one in series if one["attributes"] == {"of": "test"}]
    assert age["value"] == 3.5
    assert "smartcity.outbox.age" in traced.get("/series").text


def test_unknown_things_are_not_found(viewer: Viewer) -> None:
    for path in (f"/api/traces/{'0' * 31}1", "/api/stories/SMG-0000-00"):
        answer = viewer.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert viewer.get("/stories/SMG-0000-00").status_code == 404


def test_search_leads_by_code_trace_id_or_correlation_id(viewer: Viewer, case: Case) -> None:
    trace_id = viewer.get(f"/api/stories/{case.code}").json()["traces"][0]["trace_id"]
    asked = {
        f" {case.code.lower()} ": f"/stories/{case.code}",
        case.correlation: f"/stories/{case.correlation}",
        trace_id: f"/traces/{trace_id}",
        f"00-{trace_id}-0123456789abcdef-01": f"/traces/{trace_id}",
        "": "/",
    }
    for query, place in asked.items():
        answer = viewer.get(f"/search?q={query}")
        assert (answer.status_code, answer.headers["location"]) == (303, place)


def test_pages_show_the_waterfall_and_the_story(viewer: Viewer, case: Case) -> None:
    story = viewer.get(f"/stories/{case.code}")
    assert story.headers["content-security-policy"].startswith("default-src 'none'")
    assert "process ComplaintFiled" in story.text
    assert "process CleanUpCompleted" in story.text
    assert f'href="http://portal.test/lapor/{case.code}"' in story.text
    trace_id = viewer.get(f"/api/stories/{case.code}").json()["traces"][0]["trace_id"]
    waterfall = viewer.get(f"/traces/{trace_id}").text
    assert f'href="/stories/{case.code}"' in waterfall
    assert f"/traces/{trace_id}" in viewer.get("/?service=gateway").text


def test_a_time_beyond_all_numbers_lists_what_there_is(viewer: Viewer, case: Case) -> None:
    for before in ("9223372036854775808", "9" * 19, "9" * 40):
        assert viewer.get(f"/?before={before}").status_code == 200


def test_a_hostile_name_is_shown_as_text(viewer: Viewer) -> None:
    request = export()
    found = request.resource_spans[0].scope_spans[0].spans[0]
    found.name = "<script>alert(1)</script>"
    found.attributes.append(KeyValue(key=CASE_CODE, value=AnyValue(string_value='"><img src=x>/../')))
    viewer.post("/v1/traces", request.SerializeToString())
    page = viewer.get(f"/traces/{trace_of(request)}").text
    assert "<script>alert" not in page
    assert "<img" not in page


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    telemetry.shutdown()


def send(viewer: Viewer, count: int) -> list[str]:
    """Sends traces of one span each and returns their ids, oldest first."""
    telemetry.configure("filler", "1", "1", viewer.url, 1.0)
    made: list[str] = []
    for number in range(count):
        with span(f"filler {number}", root=True) as one:
            assert one.trace_id is not None
            made.append(one.trace_id)
    telemetry.flush()
    return made


def test_the_oldest_traces_make_room_for_the_newest(home: Path) -> None:
    with RunningViewer(home, viewer_spans="100") as small:
        made = send(small, 300)
        wait_until(lambda: small.get(f"/api/traces/{made[-1]}").status_code == 200)
        kept = [one["trace_id"] for one in small.get("/api/traces?limit=500").json()["traces"]]
        assert kept == made[-len(kept) :][::-1]
        assert 100 <= len(kept) <= 110
        assert small.get(f"/api/traces/{made[0]}").status_code == 404


def test_traces_outlive_a_restart_and_a_damaged_file_does_not_stop_the_viewer(home: Path) -> None:
    with RunningViewer(home) as first:
        (trace_id,) = send(first, 1)
        assert first.get(f"/api/traces/{trace_id}").status_code == 200
    telemetry.shutdown()
    with RunningViewer(home) as second:
        assert second.get(f"/api/traces/{trace_id}").status_code == 200
    (home / "viewer" / "traces.sqlite3").write_bytes(b"no database at all" * 1000)
    with RunningViewer(home) as third:
        assert third.get("/api/traces").json()["traces"] == []
