"""How spans are laid out and named, as pure functions."""

from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from deploy.pillars import NAMES
from observability.viewer import settings
from observability.viewer.pages import SERVICES, colour, format_duration, format_name, format_time, format_utc
from observability.viewer.settings import ViewerSettings
from observability.viewer.spans import Span
from observability.viewer.waterfall import MOST_ROWS, lay_out, telling


def make(span_id: str, parent: str, start: int, end: int, kind: str = "internal", status: str = "unset") -> Span:
    return Span(
        trace_id="t",
        span_id=span_id,
        parent_span_id=parent,
        name=span_id,
        kind=kind,
        service="governance",
        instance="",
        start_ns=start,
        end_ns=end,
        attributes={},
        status=status,
    )


def test_children_stand_below_their_parent_in_order_of_start() -> None:
    rows = lay_out(
        [
            make("late", "root", 60, 80),
            make("leaf", "early", 20, 30),
            make("early", "root", 10, 50),
            make("root", "", 0, 100),
        ]
    )
    assert [(row.span.span_id, row.depth) for row in rows] == [("root", 0), ("early", 1), ("leaf", 2), ("late", 1)]


def test_offset_and_width_are_percent_of_the_whole() -> None:
    rows = lay_out([make("root", "", 1_000, 2_000), make("child", "root", 1_250, 1_750)])
    assert [(row.offset, row.width, row.offset_ns) for row in rows] == [(0.0, 100.0, 0), (25.0, 50.0, 250)]


def test_a_span_without_its_parent_stands_at_the_left_and_says_so() -> None:
    rows = lay_out([make("root", "", 0, 10), make("lost", "never-received", 5, 9)])
    assert [(row.span.span_id, row.depth, row.orphan) for row in rows] == [("root", 0, False), ("lost", 0, True)]


def test_a_trace_of_one_instant_can_be_drawn() -> None:
    assert lay_out([make("root", "", 5, 5)])[0].width == 0


def test_a_deep_chain_is_cut_and_not_a_recursion_error() -> None:
    spans = [make(f"s{depth}", f"s{depth - 1}" if depth else "", depth, depth + 1) for depth in range(3_000)]
    assert len(lay_out(spans)) == MOST_ROWS


def test_telling_rows_leave_out_the_inner_work_but_no_failure() -> None:
    rows = lay_out(
        [
            make("request", "", 0, 100, "server"),
            make("call", "request", 1, 90, "client"),
            make("served", "call", 2, 80, "server"),
            make("insert", "served", 3, 10, "client"),
            make("commit", "served", 11, 20, "client", "error"),
            make("send", "served", 30, 40, "producer"),
        ]
    )
    assert [(row.span.span_id, row.depth) for row in telling(rows)] == [
        ("request", 0),
        ("served", 1),
        ("commit", 2),
        ("send", 2),
    ]


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (812_000, "812 µs"),
        (4_120_000, "4.1 ms"),
        (2_300_000_000, "2.30 s"),
        (302_000_000_000, "5 min 2 s"),
        (2_400_000_000_000, "40 min"),
        (11_040_000_000_000, "3 h 4 min"),
        (183_600_000_000_000, "2 d 3 h"),
    ],
)
def test_a_duration_is_written_for_people(nanoseconds: int, text: str) -> None:
    assert format_duration(nanoseconds) == text


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Asia/Jakarta", "25 Nov 2026, 00:00:00.123 WIB"),
        ("Asia/Makassar", "25 Nov 2026, 01:00:00.123 WITA"),
        ("Asia/Jayapura", "25 Nov 2026, 02:00:00.123 WIT"),
    ],
)
def test_a_moment_is_shown_in_the_citys_time_and_written_in_utc(
    zone: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "CITIES", tmp_path)
    (tmp_path / "lembah-senja").mkdir()
    (tmp_path / "lembah-senja" / "profile.toml").write_text(f'timezone = "{zone}"\n', encoding="utf-8")
    moment = 1_795_539_600_123_456_789
    city = ViewerSettings(city="lembah-senja").zone
    assert city == ZoneInfo(zone)
    assert format_time(moment, city) == text
    assert format_utc(moment) == "2026-11-24T17:00:00.123+00:00"


def test_a_viewer_of_no_city_tells_the_time_in_utc() -> None:
    assert ViewerSettings(city="").zone is UTC
    assert format_time(1_795_539_600_123_456_789, UTC) == "24 Nov 2026, 17:00:00.123 UTC"


def test_the_package_of_a_name_is_quiet_and_the_rest_is_escaped() -> None:
    assert format_name("send smartcity.governance.v1.ComplaintFiled") == (
        'send <span class="package">smartcity.<wbr>governance.<wbr>v1.<wbr></span>ComplaintFiled'
    )
    assert format_name("<b>") == "&lt;b&gt;"


def test_a_pillar_has_a_colour_of_its_own_and_a_stranger_a_shared_one() -> None:
    assert colour("economy") == "s-economy"
    assert colour("stranger").startswith("s-other")


def test_every_pillar_has_a_colour_of_its_own() -> None:
    assert set(SERVICES) == {"gateway", *NAMES}
