"""Log lines: one event each, with its trace, without personal data."""

import json
import logging as standard
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from observability import logging, telemetry
from observability.telemetry import span


@pytest.fixture(autouse=True)
def restored_logging() -> Iterator[None]:
    """Leaves loggers as they were for the other tests."""
    root, settings = standard.getLogger(), structlog.get_config()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**settings)
    telemetry.shutdown()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_line_carries_the_trace_around_it(capsys: pytest.CaptureFixture[str]) -> None:
    logging.configure("governance")
    telemetry.configure("governance", "1", "1", "", 1.0)
    with span("filing") as filing:
        structlog.get_logger("complaints").info("complaint filed", code="SMG-7K4P-92")
    (line,) = lines(capsys)
    assert line["event"] == "complaint filed"
    assert line["service"] == "governance"
    assert line["code"] == "SMG-7K4P-92"
    assert line["trace_id"] == filing.trace_id
    assert len(line["span_id"]) == 16


def test_a_line_outside_a_trace_has_no_trace_id(capsys: pytest.CaptureFixture[str]) -> None:
    logging.configure("governance")
    structlog.get_logger().info("started")
    assert "trace_id" not in lines(capsys)[0]


def test_personal_keys_are_dropped_wherever_they_stand(capsys: pytest.CaptureFixture[str]) -> None:
    logging.configure("governance")
    structlog.get_logger().info(
        "news sent",
        contact="budi@example.id",
        reporter_phone="+62 811 000",
        NIK="3374010101900000",
        case={
            "text": "jalan rusak",
            "code": "SMG-7K4P-92",
            "people": [{"email": "budi@example.id", "role": "citizen"}],
        },
        context="kept",
    )
    (line,) = lines(capsys)
    assert line["contact"] == line["reporter_phone"] == line["NIK"] == "[dropped]"
    assert line["case"] == {
        "text": "[dropped]",
        "code": "SMG-7K4P-92",
        "people": [{"email": "[dropped]", "role": "citizen"}],
    }
    assert line["context"] == "kept"


def test_libraries_write_through_the_same_formatter(capsys: pytest.CaptureFixture[str]) -> None:
    logging.configure("governance")
    standard.getLogger("uvicorn.error").warning("took %d ms", 12)
    (line,) = lines(capsys)
    assert (line["event"], line["logger"], line["level"]) == ("took 12 ms", "uvicorn.error", "warning")


def test_the_access_log_of_uvicorn_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    logging.configure("gateway")
    standard.getLogger("uvicorn.access").info("GET /lapor/SMG-7K4P-92?key=secret")
    assert lines(capsys) == []


def test_an_exception_is_written_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    logging.configure("governance")
    try:
        raise RuntimeError("disk full")
    except RuntimeError:
        structlog.get_logger().exception("outbox failed")
    assert "RuntimeError: disk full" in lines(capsys)[0]["exception"]


def test_the_level_is_a_setting(capsys: pytest.CaptureFixture[str]) -> None:
    logging.configure("governance", level="warning")
    structlog.get_logger().info("too quiet")
    assert lines(capsys) == []


def test_text_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    logging.configure("governance", form="text")
    structlog.get_logger().info("complaint filed", code="SMG-7K4P-92")
    assert "complaint filed" in capsys.readouterr().out


@pytest.mark.parametrize(("level", "form"), [("LOUD", "json"), ("INFO", "xml")])
def test_an_unknown_setting_says_what_is_possible(level: str, form: str) -> None:
    with pytest.raises(ValueError, match="unknown"):
        logging.configure("governance", level, form)
