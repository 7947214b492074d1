"""What pages compute: the map, its shades, and times as people read them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gateway.portal.kit import dates
from gateway.portal.kit.city_map import draw, grades, shades
from gateway.portal.kit.texts import Texts
from services.governance.stories.model import KEPT
from services.kit.city import load_city

JAKARTA = ZoneInfo("Asia/Jakarta")
NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(("city", "areas"), [("semarang", 177), ("kabupaten-semarang", 235)])
def test_each_kelurahan_is_on_the_map_which_stays_small(city: str, areas: int) -> None:
    drawing = draw(load_city(city).geojson())
    assert len({shape.code for shape in drawing.shapes}) == areas
    assert sum(len(shape.path) for shape in drawing.shapes) < 40_000


def test_north_is_up_and_east_is_right() -> None:
    square = b"""{"features": [{"properties": {"code": "1", "name": "A"}, "geometry": {"type": "Polygon",
        "coordinates": [[[110.0, -7.0], [110.1, -7.0], [110.1, -6.9], [110.0, -6.9], [110.0, -7.0]]]}}]}"""
    drawing = draw(square)
    assert drawing.shapes[0].path == f"M0 {drawing.height}l720 0 0 -{drawing.height} -720 0 0 {drawing.height}z"


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ([], []),
        ([2, 2], [(3, "2")]),
        ([1, 1, 2], [(1, "1"), (5, "2")]),
        ([1, 2, 3, 3], [(1, "1"), (3, "2"), (5, "3")]),
        ([1, 2, 3, 4, 900], [(1, "1"), (2, "2"), (3, "3"), (4, "4"), (5, "900")]),
        (range(1, 21), [(1, "1–4"), (2, "5–8"), (3, "9–12"), (4, "13–16"), (5, "17–20")]),
    ],
)
def test_the_colours_reach_from_the_lightest_to_the_darkest(counts: list[int], said: list[tuple[int, str]]) -> None:
    assert [(grade.shade, grade.words) for grade in grades(counts)] == said


def test_every_count_has_its_colour_and_none_has_none() -> None:
    counts = {"a": 100, "b": 1, "c": 0, "d": 7, "e": 8, "f": 9, "g": 10}
    legend = grades(counts.values())
    assert shades(counts, legend) == {"a": 5, "b": 1, "d": 2, "e": 3, "f": 4, "g": 5}
    assert {grade.shade for grade in legend} == {1, 2, 3, 4, 5}


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (timedelta(hours=2), "today"),
        (timedelta(days=1), "tomorrow"),
        (timedelta(days=3), "in 3 days"),
        (-timedelta(hours=1), "passed today"),
        (-timedelta(days=1), "1 day late"),
    ],
)
def test_a_deadline_is_told_in_days(away: timedelta, words: str) -> None:
    assert dates.distance(NOON + away, Texts("en"), JAKARTA, NOON) == words


def test_times_are_told_in_the_citys_zone_and_the_readers_language() -> None:
    late = datetime(2026, 12, 1, 20, 30, tzinfo=UTC)
    assert dates.moment(late, Texts("id"), JAKARTA) == "2 Desember 2026, 03.30"
    assert dates.day(late, Texts("en"), JAKARTA) == "Wednesday, 2 December 2026"
    assert dates.decimal(4.25, Texts("id")) == "4,2"


def test_links_lead_to_stories_for_as_long_as_there_are_any() -> None:
    assert dates.STORIES_KEPT == KEPT
    assert dates.is_told(NOON - timedelta(days=29), NOON)
    assert not dates.is_told(NOON - timedelta(days=30), NOON)
