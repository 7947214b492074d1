"""The fleet of a city: what its file says, and mistakes in it."""

import shutil
from datetime import time
from pathlib import Path

import pytest

from services.environment.fleet.model import Weekday
from services.environment.fleet.profile import FILE, fleet_of
from services.kit.city import CityError, load_city

SEMARANG = Path(__file__).parents[3] / "cities" / "semarang"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the city that a test may spoil."""
    made = tmp_path / "cities" / "semarang"
    shutil.copytree(SEMARANG, made)
    return made


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('agency = "dlh"', 'agency = "dlhh"', 'agency "dlhh" is unknown'),
        ('areas = ["33.74.01"] # the town centre', 'areas = ["33.74.99"] # the town', '"33.74.99" is no area'),
        ('"33.74.09", "33.74.10"', '"33.74.08", "33.74.09", "33.74.10"', '"33.74.08" is two depots\' own'),
        ('id = "kaligawe-2"', 'id = "kaligawe-1"', '"kaligawe-1" is there 2 times'),
        ("until = 09:30:00", "until = 05:00:00", "the window ends before it begins"),
        ("since = 05:00:00, until = 13:00:00", "since = 14:00:00, until = 13:00:00", "its day ends before it begins"),
        ("detour = 1.4", "detour = 0.4", "detour: expected `float` >= 1"),
        ('days = ["tuesday", "friday"]', 'days = ["someday"]', "invalid enum value"),
    ],
)
def test_a_mistake_is_named(folder: Path, before: str, after: str, said: str) -> None:
    text = (folder / FILE).read_text(encoding="utf-8")
    assert before in text
    (folder / FILE).write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(CityError, match=r"waste\.toml") as caught:
        fleet_of(load_city("semarang", folder.parent))
    assert any(said in one.message for one in caught.value.problems), str(caught.value)


def test_the_narrowest_line_counts() -> None:
    fleet = fleet_of(load_city("semarang"))
    assert len(fleet.days("33.74.01.1010")) == 7
    assert fleet.days("33.74.01.1001") == [Weekday.MONDAY, Weekday.WEDNESDAY, Weekday.FRIDAY, Weekday.SUNDAY]
    windows = [fleet.window(area) for area in ("33.74.01.1010", "33.74.01.1001", "33.74.02.1001")]
    assert [one.until if one else None for one in windows] == [time(7), time(9, 30), None]
    assert fleet.made_up


def test_each_kelurahan_has_its_days_and_its_depot() -> None:
    city = load_city("semarang")
    fleet = fleet_of(city)
    lowest = [one.code for one in city.areas.values() if one.is_lowest]
    assert all(fleet.days(code) for code in lowest)
    assert all(sum(fleet.serves(depot, code) for depot in fleet.depots) == 1 for code in lowest)


def test_a_city_without_the_file_collects_nothing() -> None:
    fleet = fleet_of(load_city("kabupaten-semarang"))
    assert (fleet.depots, fleet.days("33.22.01.2001"), fleet.window("33.22.01.2001")) == ((), [], None)
