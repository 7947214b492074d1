"""Series as drawings: what is not measured is not drawn, and all that is lies within the frame."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.portal.environment import readings
from gateway.portal.environment.charts import LARGE, SMALL, Frame, Point, Span, Threshold, draw
from gateway.portal.kit.texts import Texts
from services.environment.observations import model as observations

JAKARTA = ZoneInfo("Asia/Jakarta")
HOUR = timedelta(hours=1)
START = datetime(2026, 11, 26, 3, tzinfo=UTC)
DAY = Span(START, START + timedelta(days=1), HOUR)


def _points(values: dict[int, float]) -> list[Point]:
    return [Point(START + hour * HOUR, value, value, value) for hour, value in sorted(values.items())]


def _places(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)]


def test_without_readings_there_is_no_drawing() -> None:
    assert draw([], DAY, LARGE, JAKARTA) is None


def test_the_line_breaks_where_nothing_was_measured_and_a_lonely_point_is_a_dot() -> None:
    drawn = draw(_points({0: 1.0, 1: 2.0, 5: 1.0, 9: 1.0, 10: 3.0}), DAY, LARGE, JAKARTA)
    assert drawn is not None
    assert drawn.line.count("M") == 3
    assert drawn.line.count("h0") == 1


@given(
    st.dictionaries(st.integers(0, 23), st.floats(-1e6, 1e6), min_size=1),
    st.sampled_from([SMALL, LARGE]),
    st.lists(st.floats(-1e6, 1e6), max_size=3),
    st.booleans(),
)
def test_all_that_is_drawn_lies_within_the_frame(
    values: dict[int, float], frame: Frame, marks: list[float], summed: bool
) -> None:
    thresholds = [Threshold(value, "siaga") for value in marks]
    points = _points({hour: abs(value) if summed else value for hour, value in values.items()})
    drawn = draw(points, DAY, frame, JAKARTA, thresholds=thresholds, summed=summed)
    assert drawn is not None
    for x, y in [*_places(drawn.line), *_places(drawn.band), *([drawn.last] if drawn.last else [])]:
        assert frame.left <= x <= frame.width - frame.right
        assert frame.top <= y <= frame.height - frame.bottom
    for bar in drawn.bars:
        assert bar.height >= 0
        assert bar.y + bar.height <= frame.height - frame.bottom + 0.1
    assert len(drawn.values) <= 9


def test_the_axes_have_round_values_and_full_hours_of_the_city() -> None:
    drawn = draw(_points({0: 0.83, 12: 2.61}), DAY, LARGE, JAKARTA)
    assert drawn is not None
    assert [round(tick.value, 9) for tick in drawn.values] == [0.5, 1.0, 1.5, 2.0, 2.5, 3.0]
    assert (drawn.values[0].at, drawn.values[-1].at) == (LARGE.height - LARGE.bottom, LARGE.top)
    assert [tick.time.hour for tick in drawn.times if tick.time] == [12, 18, 0, 6]
    assert drawn.places == 1


def test_thresholds_are_drawn_where_they_lie_and_make_room() -> None:
    drawn = draw(_points({0: 1.0, 1: 1.2}), DAY, LARGE, JAKARTA, thresholds=[Threshold(3.0, "awas")])
    assert drawn is not None
    ((mark, name),) = drawn.thresholds
    assert name == "awas"
    assert mark.at < drawn.last[1]  # type: ignore[index]


def test_rain_is_bars_from_zero_on() -> None:
    drawn = draw(_points({3: 4.0, 4: 2.0}), DAY, LARGE, JAKARTA, summed=True)
    assert drawn is not None
    assert (drawn.line, drawn.last) == ("", None)
    first, second = drawn.bars
    assert first.height == pytest.approx(2 * second.height, abs=0.2)
    assert drawn.values[0].value == 0


@pytest.mark.parametrize(
    ("value", "property_", "indonesian", "english"),
    [
        (1.375, "water_level", "1,38 m", "1.38 m"),
        (-0.001, "water_level", "0,00 m", "0.00 m"),
        (1234.5, "co", "1.234 µg/m³", "1,234 µg/m³"),
        (12.34, "rainfall", "12,3 mm", "12.3 mm"),
        (1.0, "pumps_running", "1 pompa", "1 pump"),
        (3.0, "pumps_running", "3 pompa", "3 pumps"),
        (55.4, "fill_level", "55%", "55%"),
    ],
)
def test_a_value_is_said_with_its_unit_as_its_property_is_measured(
    value: float, property_: str, indonesian: str, english: str
) -> None:
    said = [readings.words(Texts(language), value, property_).replace("\xa0", " ") for language in ("id", "en")]
    assert said == [indonesian, english]


def test_pages_ask_for_no_more_of_series_than_the_pillar_gives() -> None:
    assert readings.FINE == observations.LONGEST_FINE
    for one in (*readings.RANGES.values(), readings.LAST_DAY):
        together = readings.TOGETHER if one.each >= readings.HOUR else readings.FINE // one.long
        assert one.long / one.each * together <= observations.MOST_TOGETHER, one.name


@pytest.mark.parametrize("name", list(readings.RANGES))
def test_a_time_that_is_shown_reaches_up_to_now_in_whole_points(name: str) -> None:
    chosen, now = readings.RANGES[name], datetime(2026, 11, 27, 8, 7, 11, tzinfo=UTC)
    span = chosen.until(now)
    assert span.end - chosen.each <= now < span.end
    assert (span.end - span.start, span.end.timestamp() % chosen.each.total_seconds()) == (chosen.long, 0)
