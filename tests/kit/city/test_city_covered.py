"""Which kelurahan lines that somebody has drawn cover a part of."""

import math
import random

import pytest

from services.kit.city import City, load_city

Ring = tuple[tuple[float, float], ...]

WEST, SOUTH, EAST, NORTH = 110.26, -7.12, 110.52, -6.92
"""Around the city."""


@pytest.fixture(scope="module")
def semarang() -> City:
    """The city with its real outlines."""
    return load_city("semarang")


def _box(west: float, south: float, east: float, north: float) -> Ring:
    return (west, south), (east, south), (east, north), (west, north), (west, south)


def test_a_line_around_the_city_covers_all_of_it(semarang: City) -> None:
    lowest = {code for code, area in semarang.areas.items() if area.is_lowest}
    assert semarang.covered([_box(WEST, SOUTH, EAST, NORTH)]) == lowest


def test_two_halves_cover_what_the_whole_does(semarang: City) -> None:
    middle = (WEST + EAST) / 2
    halves = [_box(WEST, SOUTH, middle, NORTH), _box(middle, SOUTH, EAST, NORTH)]
    assert semarang.covered(halves) == semarang.covered([_box(WEST, SOUTH, EAST, NORTH)])


def test_a_spot_covers_the_kelurahan_that_it_lies_in(semarang: City) -> None:
    area = semarang.locate(110.41005, -6.98395)
    assert area is not None
    assert semarang.covered([_box(110.4100, -6.9840, 110.4101, -6.9839)]) == {area.code}


def test_a_line_beside_the_city_covers_nothing(semarang: City) -> None:
    assert semarang.covered([_box(EAST, SOUTH, EAST + 0.2, NORTH)]) == set()


def test_lines_with_twenty_thousand_corners_that_cross_or_not_are_told(semarang: City) -> None:
    """Before: 29 seconds for 2,000 spikes, and eight times as long for each twice as many."""
    made = random.Random(1)
    star: Ring = tuple(
        (110.4 + radius * math.cos(turn / 20_000 * math.tau), -7 + radius * math.sin(turn / 20_000 * math.tau))
        for turn, radius in enumerate(0.05 + 0.1 * made.random() for _ in range(20_000))
    )
    knot: Ring = tuple((made.uniform(WEST, EAST), made.uniform(SOUTH, NORTH)) for _ in range(20_000))
    for ring in (star, knot):
        assert len(semarang.covered([(*ring, ring[0])])) > 50
