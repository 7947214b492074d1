"""The criteria of a city: what they mean, and mistakes in their file."""

import shutil
from datetime import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.environment.criteria.model import NONE, Level, Night, Step, highest
from services.environment.criteria.profile import FILE, criteria_of
from services.kit.city import CityError, load_city

SEMARANG = Path(__file__).parents[3] / "cities" / "semarang"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the city that a test may spoil."""
    made = tmp_path / "cities" / "semarang"
    shutil.copytree(SEMARANG, made)
    return made


def _problems(folder: Path, before: str, after: str) -> list[str]:
    text = (folder / FILE).read_text(encoding="utf-8")
    assert before in text
    (folder / FILE).write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(CityError) as caught:
        criteria_of(load_city("semarang", folder.parent))
    return [f"{one.file}:{one.line}: {one.message}" for one in caught.value.problems]


def _line(part: str) -> int:
    lines = (SEMARANG / FILE).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if part in line)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('agencies = ["bpbd"]', 'agencies = ["bpbdd"]', 'agency "bpbdd" is unknown'),
        ('"33.74.02.1001", # Bandarharjo', '"33.74.02.1099", # Bandarharjo', '"33.74.02.1099" is no kelurahan'),
        ('"33.74.02.1001", # Bandarharjo', '"33.74.02", # Bandarharjo', '"33.74.02" is no kelurahan'),
        ('thing = "pasut-tanjung-emas"', 'thing = "pasut-lain"', '"pasut-lain" has no datastream "level"'),
        ('id = "pesisir"', 'id = "banjir-kanal-timur"', 'zone "banjir-kanal-timur" is there twice'),
        ("until = 05:30:00", "until = 21:00:00", "the night has no end"),
        ('raises = ["waspada", "siaga"]', 'raises = ["siaga"]', "a level rises by itself and a lesser one does not"),
        ('raises = ["waspada", "siaga"]', 'raises = ["waspada", "awas"]', "a level rises by itself and a lesser one"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_line(folder: Path, before: str, after: str, said: str) -> None:
    (problem,) = _problems(folder, before, after)
    where, _, message = problem.partition(": ")
    assert message.startswith(said)
    assert where == f"cities/semarang/{FILE}:{_line(before)}"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('level = "siaga" }', 'level = "siaga-3" }', "siaga-3"),
        ('steps = ["raise", "update"]', 'steps = ["raise", "upgrade"]', "upgrade"),
        ('hazard = "rob"', 'hazard = "tsunami"', "tsunami"),
        ("hours = 6 #", "hours = 0 #", "hours"),
        ("[automatic]", "[automatic]\nnever = true", "never"),
        ('sender = "bpbd.semarangkota.go.id"', 'sender = "BPBD, Semarang"', "sender"),
    ],
)
def test_what_no_file_may_say(folder: Path, before: str, after: str, said: str) -> None:
    (problem,) = _problems(folder, before, after)
    assert problem.startswith(f"cities/semarang/{FILE}:")
    assert said in problem


def test_a_rule_stands_once_in_a_zone(folder: Path) -> None:
    line = '    { thing = "pasut-tanjung-emas", datastream = "level", rule = "awas", level = "awas" },\n'
    (problem,) = _problems(folder, line, line + line)
    assert problem.endswith('rule "awas" of "pasut-tanjung-emas" is there twice')


def test_a_rule_is_called_as_the_level_that_it_means(folder: Path) -> None:
    line = 'datastream = "level", rule = "awas", level = "awas"'
    (problem,) = _problems(folder, line, line.replace('level = "awas"', 'level = "siaga"'))
    assert problem.endswith('rule "awas" cannot mean siaga')


def test_a_city_without_the_file_warns_of_nothing_by_itself() -> None:
    assert criteria_of(load_city("kabupaten-semarang")) == NONE


def test_a_gauge_means_what_the_file_says_and_never_the_nearest() -> None:
    criteria = criteria_of(load_city("semarang"))
    (zone,) = criteria.zones_of("duga-simongan", "siaga")
    assert zone.id == "banjir-kanal-barat"
    assert zone.level_of("duga-simongan", "level", "siaga") is Level.SIAGA
    assert zone.level_of("duga-simongan", "other", "siaga") is None
    assert criteria.zones_of("duga-simongan", "stuck") == []
    assert criteria.zones_of("duga-jatibarang", "siaga") == []


@pytest.mark.parametrize(
    ("said", "reached"), [(Level.WASPADA, Level.WASPADA), (Level.SIAGA, Level.SIAGA), (Level.AWAS, Level.SIAGA)]
)
def test_up_to_a_level_a_warning_rises_by_itself(said: Level, reached: Level) -> None:
    assert criteria_of(load_city("semarang")).automatic.reaches(said) is reached
    assert NONE.automatic.reaches(said) is None


@given(st.times(), st.times(), st.times())
def test_a_night_goes_over_midnight(since: time, until: time, at: time) -> None:
    night = Night(since=since, until=until, steps=frozenset(Step), levels=frozenset(Level))
    if since <= until:
        assert night.covers(at) == (since <= at < until)
    else:
        assert night.covers(at) != (until <= at < since)


def test_one_officer_alone_needs_the_hour_the_step_and_both_levels() -> None:
    levels = frozenset({Level.WASPADA, Level.SIAGA})
    night = Night(since=time(21), until=time(5), steps=frozenset({Step.RAISE, Step.UPDATE}), levels=levels)
    criteria = replace(NONE, night=night)
    assert criteria.alone(Step.UPDATE, [Level.WASPADA, Level.SIAGA], time(23))
    assert not criteria.alone(Step.UPDATE, [Level.WASPADA, Level.SIAGA], time(12))
    assert not criteria.alone(Step.CLEAR, [Level.WASPADA], time(23))
    assert not criteria.alone(Step.UPDATE, [Level.AWAS, Level.SIAGA], time(23))
    assert not NONE.alone(Step.RAISE, [Level.WASPADA], time(23))


def test_levels_have_an_order_and_no_numbers() -> None:
    assert highest([Level.SIAGA, Level.AWAS, Level.WASPADA]) is Level.AWAS
    assert highest([]) is None
    assert [level.value for level in Level] == ["waspada", "siaga", "awas"]
