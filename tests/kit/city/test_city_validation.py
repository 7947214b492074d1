"""A wrong profile names file, line and remedy, and lists everything at once."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from services.kit.city import CityError, load_city
from services.kit.city.profile import CITIES

Break = Callable[[str, str, str], None]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "cities"
    shutil.copytree(CITIES / "semarang", root / "semarang")
    return root


@pytest.fixture
def replace(root: Path) -> Break:
    def change(file: str, old: str, new: str) -> None:
        path = root / "semarang" / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def problems(root: Path) -> list[str]:
    with pytest.raises(CityError) as caught:
        load_city("semarang", root)
    return [str(problem) for problem in caught.value.problems]


def test_an_untouched_copy_is_sound(root: Path) -> None:
    assert load_city("semarang", root).id == "semarang"


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        (
            "routing.csv",
            "pohon,*,disperkim",
            "pohon,*,disperkimm",
            'routing.csv:26: unknown agency "disperkimm"; use an id of agencies.csv',
        ),
        (
            "routing.csv",
            "100,jalan-rusak,*",
            "100,*,*",
            "routing.csv:19: rule 110 is never reached: rule 100 (line 18) matches first; move it up or remove it",
        ),
        ("routing.csv", "110,pju-mati", "110,pju-hidup", 'routing.csv:19: unknown category "pju-hidup"'),
        ("routing.csv", "33.74.02,kec-", "33.75.02,kec-", 'routing.csv:3: unknown area "33.75.02"'),
        ("routing.csv", "9999,*,*", "9999,*,33.74", "routing.csv:66: no rule for everything else; end with"),
        ("routing.csv", "110,pju-mati", "90,pju-mati", "routing.csv:19: order 90 does not come after 100"),
        ("categories.csv", "pju-mati,lighting", "pju-mati,lights", 'categories.csv:3: unknown group "lights"'),
        (
            "categories.csv",
            "pju-mati,lighting",
            "jalan-rusak,lighting",
            'categories.csv:3: "jalan-rusak" is there twice',
        ),
        ("categories.csv", ",ordinary,14", ",ordinary,zero", "categories.csv:2: handling_days: "),
        ("categories.csv", "ordinary", "urgent", "categories.csv:2: class: invalid enum value 'urgent'"),
        ("categories.csv", "lainnya", "sisa", 'categories.csv:1: no category "lainnya"; add one'),
        ("categories.csv", "id,group", "id,shelf", "categories.csv:1: the columns do not fit (group, shelf)"),
        ("categories.csv", "jalan-rusak,roads,", "jalan-rusak,roads,,", "categories.csv:2: 9 cells under 8 columns"),
        ("agencies.csv", "33.74.16,", "33.74.99,", 'agencies.csv:55: unknown area "33.74.99"; use a code of areas.csv'),
        ("areas.csv", "33.74.01,Semarang Tengah", "33.74.1,Semarang Tengah", "areas.csv:3: code: "),
        (
            "areas.csv",
            "33.74.01.1001,Miroto,kelurahan,33.74.01",
            "33.74.01.1001,Miroto,kelurahan,33.74.02",
            'areas.csv:4: "33.74.02" is not the parent of 33.74.01.1001; the parent is 33.74.01',
        ),
        (
            "areas.geojson",
            '"code":"33.74.01.1001"',
            '"code":"33.74.01.1999"',
            "areas.geojson:2: a polygon for 33.74.01.1999, which is no kelurahan or desa of areas.csv",
        ),
        ("areas.geojson", '"type":"Polygon"', '"type":"Point"', "areas.geojson:2: 33.74.01.1001: not a Polygon"),
        (
            "map.geojson",
            '"code":"33.74.01.1001"',
            '"code":"33.74.01.1002"',
            "map.geojson:1: no polygon for 33.74.01.1001",
        ),
        ("map.geojson", "[", "[[", "map.geojson:"),
        ("holidays.csv", "2025-01-27", "27-01-2025", "holidays.csv:3: date: not a date such as 2026-08-17; compare"),
        ("holidays.csv", "2025-01-27", "2025-01-01", 'holidays.csv:3: "2025-01-01" is there twice (first on line 2)'),
        ("holidays.csv", "decided", "perhaps", "holidays.csv:2: status: invalid enum value 'perhaps'"),
        ("clocks.toml", "verification = 3", "verification = 0", "clocks.toml:5: working_days.verification: expected"),
        ("clocks.toml", "verification = 3", "verificaton = 3", "clocks.toml:5: "),
        ("clocks.toml", "ordinary = 14", "", "clocks.toml:12: no days to resolve class ordinary; add ordinary ="),
        ("clocks.toml", 'serves = ["blu"]', 'serves = ["bus"]', '"bus" is neither an agency nor a level'),
        ("clocks.toml", 'serves = ["blu"]', 'serves = ["bus"]', 'agency "blu-trans-semarang" has no ladder'),
        ("clocks.toml", "verification = 3", "verification = ", "clocks.toml:5: not TOML"),
        (
            "profile.toml",
            "Asia/Jakarta",
            "Asia/Semarang",
            'profile.toml:6: unknown time zone "Asia/Semarang"; use an IANA',
        ),
        ("profile.toml", "Asia/Jakarta", "Asia", 'profile.toml:6: unknown time zone "Asia"; use an IANA'),
        (
            "profile.toml",
            '["id", "en"]',
            '["id", "jv"]',
            'profile.toml:9: there are no texts in "jv"; use id, en, each once',
        ),
        ("profile.toml", '["id", "en"]', '["en", "en"]', 'profile.toml:9: language "en" is there twice; use id, en'),
        ("profile.toml", '"SMG"', '"smg"', "profile.toml:8: code_prefix: expected `str` matching regex"),
        ("profile.toml", 'id = "semarang"', 'id = "salatiga"', 'profile.toml:2: id "salatiga" is not the folder'),
        ("profile.toml", "until = 2025-04-08", "", 'channel "Lapor Semar" begins before "Sapa Mbak Ita" ends'),
        ("profile.toml", "until = 2022-12-16", "until = 2012-12-16", 'channel "Lapor Hendi" ends before it begins'),
        (
            "profile.toml",
            'phone = "112"',
            "",
            "emergency.toml tells who is in danger, and no channel of kind emergency has",
        ),
        (
            "profile.toml",
            'phone = "112"',
            'phone = "112"\nuntil = 2030-01-01',
            "profile.toml:1: emergency.toml tells who",
        ),
        ("landmarks.csv", "33.74.01.1007", "33.74.01", 'landmarks.csv:2: "33.74.01" is no kelurahan or desa'),
        ("landmarks_osm.csv", "w1418750680", "", 'landmarks_osm.csv:4: landmark "dst004" is in the wrong file'),
    ],
)
def test_a_wrong_row_names_file_line_and_remedy(
    root: Path, replace: Break, file: str, old: str, new: str, problem: str
) -> None:
    replace(file, old, new)

    found = problems(root)

    assert any(line.startswith("cities/semarang/") and problem in line and "; " in line for line in found), found


def test_a_city_whose_waste_is_of_a_group_that_opens_no_clean_up_is_told_so(root: Path) -> None:
    for file, old, new in (("profile.toml", "waste = {", "sampah = {"), ("categories.csv", ",waste,", ",sampah,")):
        path = root / "semarang" / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
    (found,) = problems(root)
    assert found.startswith('cities/semarang/categories.csv:1: no category is of the group "waste"; give the group of')


def test_all_problems_are_listed_at_once(root: Path, replace: Break) -> None:
    replace("routing.csv", "pohon,*,disperkim", "pohon,*,nasa")
    replace("holidays.csv", "decided", "perhaps")
    replace("clocks.toml", 'serves = ["blu"]', 'serves = ["bus"]')

    files = {line.split(":")[0] for line in problems(root)}

    assert files == {f"cities/semarang/{name}" for name in ("routing.csv", "holidays.csv", "clocks.toml")}


@pytest.mark.parametrize("file", ["profile.toml", "areas.csv", "routing.csv", "map.geojson", "clocks.toml"])
def test_a_missing_file_is_named(root: Path, file: str) -> None:
    (root / "semarang" / file).unlink()

    assert any(line.startswith(f"cities/semarang/{file}:1: the file is missing") for line in problems(root))


def test_a_wrong_demo_is_found_when_it_is_asked_for(root: Path, replace: Break) -> None:
    replace("demo.toml", "complaints = 4793", "complaints = 5000")

    with pytest.raises(CityError, match=r"demo\.toml:5: the topics add up to 4793, not 5000"):
        load_city("semarang", root).demo()


def test_a_city_without_demo_has_none(root: Path) -> None:
    (root / "semarang" / "demo.toml").unlink()

    assert load_city("semarang", root).demo() is None


def test_a_landmark_that_is_twice_is_told_once_of_the_file_in_which_it_is(root: Path) -> None:
    path = root / "semarang" / "landmarks.csv"
    lines = path.read_text(encoding="utf-8").rstrip("\n").splitlines()
    own = lines[1].split(",")[0]
    path.write_text("\n".join([*lines, lines[1], ""]), encoding="utf-8")
    (said,) = problems(root)
    assert f'landmarks.csv:{len(lines) + 1}: "{own}" is there twice (first on line 2)' in said


def test_a_landmark_that_is_in_both_files_is_told_of_the_second_with_its_line_there(root: Path, replace: Break) -> None:
    first = (root / "semarang" / "landmarks.csv").read_text(encoding="utf-8").splitlines()[1].split(",")[0]
    replace("landmarks_osm.csv", "dst004,", f"{first},")
    (said,) = problems(root)
    assert f'landmarks_osm.csv:4: "{first}" is in landmarks.csv too' in said
