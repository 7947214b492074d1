"""Spans: who is whose child, what is recorded, and what is never disturbed."""

import asyncio
import time

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from observability import export, telemetry
from observability.telemetry import SpanKind, current_trace_id, current_traceparent, span
from tests.observability.running import Viewer

FOREIGN = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_a_span_inside_another_is_its_child(traced: Viewer) -> None:
    with span("outer"):
        trace_id = current_trace_id()
        with span("inner", SpanKind.CLIENT, {"db.system.name": "postgresql"}):
            pass
    spans = traced.spans(trace_id)
    assert spans["inner"]["parent_span_id"] == spans["outer"]["span_id"]
    assert spans["outer"]["parent_span_id"] == ""
    assert spans["inner"]["kind"] == "client"
    assert spans["inner"]["attributes"] == {"db.system.name": "postgresql"}
    assert spans["inner"]["service"] == "governance"


async def test_a_task_started_inside_a_span_belongs_to_it(traced: Viewer) -> None:
    async def work() -> None:
        with span("task"):
            await asyncio.sleep(0)

    with span("start") as started:
        await asyncio.gather(asyncio.create_task(work()))
    spans = traced.spans(started.trace_id)
    assert spans["task"]["parent_span_id"] == spans["start"]["span_id"]


def test_a_traceparent_makes_a_child_in_another_process(traced: Viewer) -> None:
    with span("process", SpanKind.CONSUMER, parent=FOREIGN, links=(FOREIGN,)) as reaction:
        pass
    assert reaction.trace_id == FOREIGN[3:35]
    found = traced.spans(reaction.trace_id)["process"]
    assert found["parent_span_id"] == FOREIGN[36:52]
    assert found["links"] == [{"trace_id": FOREIGN[3:35], "span_id": FOREIGN[36:52]}]


@pytest.mark.parametrize(
    "wrong", ["", "x", "00-" + "0" * 32 + "-b7ad6b7169203331-01", FOREIGN + "-more", "ff" + FOREIGN[2:]]
)
def test_a_broken_traceparent_is_neither_parent_nor_link(traced: Viewer, wrong: str) -> None:
    with span("alone", parent=wrong, links=(wrong,)) as started:
        pass
    found = traced.spans(started.trace_id)["alone"]
    assert found["parent_span_id"] == ""
    assert found["links"] == []


def test_a_root_span_begins_a_new_trace_whatever_is_around_it(traced: Viewer) -> None:
    with span("around") as around, span("root", root=True) as root:
        assert current_trace_id() == root.trace_id != around.trace_id


def test_a_failed_block_marks_its_span_without_the_message(traced: Viewer) -> None:
    with pytest.raises(ValueError, match="Budi"), span("broken") as broken:
        raise ValueError("Key (email)=(budi@example.id) already exists for Budi")
    found = traced.spans(broken.trace_id)["broken"]
    assert (found["status"], found["status_message"]) == ("error", "ValueError")
    assert found["attributes"] == {"error.type": "ValueError"}
    assert found["events"] == []


def test_a_domain_error_is_named_by_its_reason(traced: Viewer) -> None:
    class RefusedError(Exception):
        reason = "CASE_CLOSED"

    with pytest.raises(RefusedError), span("refused") as refused:
        raise RefusedError
    assert traced.spans(refused.trace_id)["refused"]["attributes"] == {"error.type": "CASE_CLOSED"}


def test_the_traceparent_of_an_open_span_is_known_before_it_ends(traced: Viewer) -> None:
    start = time.time_ns()
    sent = telemetry.open_span("send", SpanKind.PRODUCER, parent=FOREIGN, start_ns=start)
    assert sent.traceparent is not None
    with span("process", SpanKind.CONSUMER, parent=sent.traceparent):
        pass
    sent.end(start + 5_000_000)
    spans = traced.spans(FOREIGN[3:35])
    assert spans["process"]["parent_span_id"] == spans["send"]["span_id"] == sent.traceparent[36:52]
    assert (spans["send"]["start_ns"], spans["send"]["end_ns"]) == (start, start + 5_000_000)


def test_a_span_can_be_recorded_after_the_fact(traced: Viewer) -> None:
    parent = "00-11f7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    made = telemetry.record_span("send later", SpanKind.PRODUCER, parent, 1_000, 2_000, {"messaging.system": "nats"})
    assert made is not None
    found = traced.spans(parent[3:35])["send later"]
    assert found["span_id"] == made[36:52]
    assert (found["start_ns"], found["end_ns"]) == (1_000, 2_000)


def test_an_unsampled_trace_sends_nothing_but_keeps_its_id(viewer: Viewer) -> None:
    telemetry.configure("governance", "1", "1", viewer.url, 0.0)
    with span("unsampled") as outer:
        traceparent = current_traceparent()
        with span("below") as below:
            assert not below.recording
            assert below.traceparent == current_traceparent() == traceparent
    assert traceparent is not None
    assert int(traceparent[-2:], 16) & 1 == 0
    assert viewer.spans(outer.trace_id) == {}
    telemetry.shutdown()


def test_the_decision_of_the_parent_beats_the_ratio_here(viewer: Viewer) -> None:
    telemetry.configure("governance", "1", "1", viewer.url, 0.0)
    parent = "00-22f7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    with span("recorded", parent=parent):
        pass
    assert "recorded" in viewer.spans(parent[3:35])
    telemetry.shutdown()


def test_a_ratio_records_about_its_share(viewer: Viewer) -> None:
    telemetry.configure("sampler", "1", "1", viewer.url, 0.25)
    recorded = 0
    for _ in range(2_000):
        with span("drawn") as drawn:
            recorded += drawn.recording
    assert 400 < recorded < 600
    telemetry.shutdown()


def test_without_an_endpoint_there_is_a_trace_id_and_no_recording() -> None:
    telemetry.configure("governance", "1", "1", "", 1.0)
    with span("quiet") as quiet:
        assert current_trace_id() == quiet.trace_id is not None
        assert not quiet.recording
    telemetry.shutdown()


def test_without_a_set_up_spans_do_nothing() -> None:
    with span("nothing", attributes={"a": 1}) as nothing:
        nothing.set("b", 2)
        nothing.fail("reason")
        nothing.rename("still nothing")
    assert nothing.traceparent is None
    assert current_traceparent() is None
    assert telemetry.record_span("nothing", SpanKind.PRODUCER, None, 1, 2) is None


def test_no_global_provider_is_installed_so_no_library_traces_by_itself(traced: Viewer) -> None:
    assert not isinstance(trace.get_tracer_provider(), TracerProvider)


def test_a_backend_that_is_away_is_reported_once_and_delays_nobody(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "EXPORT_TIMEOUT", 0.2)
    telemetry.configure("governance", "1", "1", "http://127.0.0.1:9", 1.0)
    for _ in range(3):
        with span("lost"):
            pass
        telemetry.flush()
    started = time.monotonic()
    telemetry.shutdown()
    assert time.monotonic() - started < 5
    assert [record.name for record in caplog.records] == ["observability.export"]


def test_the_resource_says_who_speaks(traced: Viewer) -> None:
    with span("who") as who:
        pass
    assert traced.spans(who.trace_id)["who"]["instance"] == "governance-1"
