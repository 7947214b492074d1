"""The air index: exact at every breakpoint of the table, rising in between, and rounded before it is classed."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.environment.air import ispu
from services.environment.air.ispu import Category, Table
from services.environment.air.table import FILE, table_of
from services.environment.datastreams.model import Property
from services.kit.city import City, load_city
from services.kit.city.files import CityError


def _table() -> Table:
    found = table_of(load_city("semarang"))
    assert found is not None
    return found


TABLE = _table()
NODES = [
    (pollutant, node, level)
    for pollutant, nodes in TABLE.nodes.items()
    for node, level in zip(nodes, TABLE.levels, strict=True)
]
pollutants = st.sampled_from(list(TABLE.nodes))
concentrations = st.floats(0, 100_000, allow_nan=False)


@pytest.mark.parametrize(("pollutant", "node", "level"), NODES)
def test_each_breakpoint_is_read_off_exactly(pollutant: Property, node: float, level: int) -> None:
    assert ispu.part(TABLE, pollutant, node) == level


@pytest.mark.parametrize(("pollutant", "node", "level"), NODES)
def test_the_category_of_each_breakpoint_is_the_one_that_it_ends(pollutant: Property, node: float, level: int) -> None:
    ends = {0: "good", 50: "good", 100: "moderate", 200: "unhealthy", 300: "very_unhealthy", 500: "hazardous"}
    found = ispu.index(TABLE, {pollutant: node})
    assert found is not None
    assert (found.category, found.worst) == (Category(ends[level]), pollutant)


@given(pollutants, concentrations, concentrations)
def test_more_of_a_pollutant_is_never_better(pollutant: Property, one: float, other: float) -> None:
    less, more = sorted((one, other))
    assert ispu.part(TABLE, pollutant, less) <= ispu.part(TABLE, pollutant, more)


@given(pollutants, st.integers(0, 4), st.floats(0, 1))
def test_between_two_breakpoints_it_is_read_off_in_proportion(pollutant: Property, place: int, share: float) -> None:
    low, high = TABLE.nodes[pollutant][place : place + 2]
    below, above = TABLE.levels[place : place + 2]
    found = ispu.part(TABLE, pollutant, low + share * (high - low))
    assert below <= found <= above
    assert abs(found - (below + share * (above - below))) <= 0.5 + 1e-6


@given(st.dictionaries(pollutants, concentrations))
def test_the_index_is_the_worst_of_its_parts(means: dict[Property, float]) -> None:
    found = ispu.index(TABLE, means)
    assert (found is None) == (not means)
    if found is not None:
        parts = {pollutant: ispu.part(TABLE, pollutant, mean) for pollutant, mean in means.items()}
        assert found.value == max(parts.values()) == parts[found.worst]
        assert found.category is ispu.category_of(TABLE, found.value)


@pytest.mark.parametrize(("concentration", "value", "means"), [(50.98, 50, "good"), (51.0, 51, "moderate")])
def test_it_is_rounded_before_it_is_classed(concentration: float, value: int, means: str) -> None:
    found = ispu.index(TABLE, {Property.PM10: concentration})
    assert found is not None
    assert (found.value, found.category) == (value, Category(means))


def test_beyond_the_last_breakpoint_it_goes_on_as_it_rose() -> None:
    assert ispu.part(TABLE, Property.PM10, 540) == 600


def test_noise_below_nothing_is_nothing() -> None:
    assert ispu.part(TABLE, Property.SO2, -3) == 0


def test_of_equally_bad_ones_the_first_of_the_table_is_named() -> None:
    found = ispu.index(TABLE, {Property.SO2: 52.0, Property.PM10: 50.0})
    assert found is not None
    assert found.worst is Property.PM10


def test_the_table_says_what_it_is_and_what_is_in_doubt() -> None:
    assert TABLE.version == "P.14/2020"
    assert "400" in TABLE.doubt
    assert TABLE.source


def test_a_city_without_a_table_has_no_index() -> None:
    assert table_of(load_city("kabupaten-semarang")) is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"levels": [0, 50, 50, 200, 300, 500]}, "levels do not rise"),
        ({"breakpoints": {"pm10": [0, 1]}}, "pm10"),
        ({"breakpoints": {"water_level": [0, 1, 2, 3, 4, 5]}}, "not measured in"),
        ({"categories": [{"category": "good"}]}, "five"),
        ({"levels": "much"}, "levels"),
    ],
)
def test_a_wrong_table_is_named_with_its_fault(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    city = load_city("semarang")
    wrong = tmp_path / "semarang"
    wrong.mkdir()
    shutil.copy(city.folder / FILE, wrong / FILE)
    content = json.loads((wrong / FILE).read_text("utf-8"))
    (wrong / FILE).write_text(json.dumps(content | change), "utf-8")
    with pytest.raises(CityError, match=says):
        table_of(_moved(city, wrong))


def test_a_fault_of_the_table_names_its_line(tmp_path: Path) -> None:
    city = load_city("semarang")
    wrong = tmp_path / "semarang"
    wrong.mkdir()
    lines = (city.folder / FILE).read_text("utf-8").replace("[0, 52, 180,", "[0, 180, 52,").splitlines()
    (wrong / FILE).write_text("\n".join(lines), "utf-8")
    line = next(number for number, text in enumerate(lines, 1) if '"so2"' in text)
    with pytest.raises(CityError, match=f"{FILE}:{line}: breakpoints of"):
        table_of(_moved(city, wrong))


def _moved(city: City, folder: Path) -> City:
    from dataclasses import replace

    return replace(city, folder=folder)
