"""What `smartcity city check --before` finds gone of the profile that is deployed."""

import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy import profiles
from deploy.cli import app
from deploy.profile_changes import _ids, gone
from deploy.profile_ids import REMOVED, SORTS, WITHOUT, Ids
from services.kit.city import profile

ROOT = Path(__file__).parents[2]
DEPLOYED = ROOT / "cities" / "semarang"


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of Semarang's profile to change, which commands find."""
    shutil.copytree(DEPLOYED, tmp_path / "cities" / "semarang")
    monkeypatch.setattr(profile, "CITIES", tmp_path / "cities")
    return tmp_path / "cities" / "semarang"


def checked(before: Path = DEPLOYED) -> tuple[int, list[str]]:
    """Exit code and lines of the command."""
    done = CliRunner().invoke(app, ["city", "check", "semarang", "--before", str(before)])
    return done.exit_code, [line.replace(f"{before}/", "") for line in done.stdout.splitlines()]


def change(city: Path, file: str, wanted: str, other: str) -> None:
    """Writes something else in a file, wherever it stands there as a word."""
    text = (city / file).read_text(encoding="utf-8")
    changed = re.sub(rf"(?<![\w-]){re.escape(wanted)}(?![\w-])", other, text)
    assert changed != text, (file, wanted)
    (city / file).write_text(changed, encoding="utf-8")


def test_nothing_has_gone_of_the_same_profile(city: Path) -> None:
    assert checked() == (0, [f"cities/semarang: nothing is wrong, and nothing of {DEPLOYED} has gone"])


def test_names_may_change_and_rows_may_come_or_move(city: Path) -> None:
    change(city, "agencies.csv", "Sekretariat Daerah", "Sekretariat Kota")
    change(city, "economy.toml", "PEMKOT RETRIBUSI PASAR", "PEMKOT PASAR")
    lines = (city / "landmarks.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (city / "landmarks.csv").write_text("".join([lines[0], *reversed(lines[1:])]), encoding="utf-8")
    assert checked()[0] == 0


def test_an_agency_that_gets_another_id_is_named_where_it_stood_with_what_it_leaves_and_a_way(city: Path) -> None:
    for file in ("agencies.csv", "routing.csv", "economy.toml", "levies.csv", "permits.toml"):
        change(city, file, "disdag", "perdagangan")
    code, lines = checked()
    assert code == 1
    (agency,) = [line for line in lines if line.startswith("agencies.csv:")]
    number = next(
        n for n, row in enumerate((DEPLOYED / "agencies.csv").read_text(encoding="utf-8").splitlines(), 1)
        if row.startswith("disdag,")
    )  # fmt: skip
    assert agency.startswith(f'agencies.csv:{number}: agency "disdag" is gone: ')
    assert "silence is consent" in agency
    assert "keep the id and change the name" in agency
    assert "/petugas/izin" in agency


def test_a_counter_whose_nmid_passes_on_is_named_before_a_start(city: Path) -> None:
    change(city, "economy.toml", 'agency = "disdag"', 'agency = "disperin"')
    _, lines = checked()
    found = [line for line in lines if line.startswith("economy.toml:")]
    assert any('counter of agency "disdag" is gone' in line for line in found)
    assert any('the nmid of counter "disdag" passes on to "disperin"' in line for line in found)


@pytest.mark.parametrize(
    ("file", "wanted", "other", "told"),
    [
        ("permits.toml", '"bongkar-muat"', '"muat"', 'kind of permit "bongkar-muat" is gone'),
        ("emergency_protocol.toml", "level = 2", "level = 4", 'priority "2" is gone'),
        ("transit_fares.csv", "veteran", "purnawirawan", 'rider "veteran" is gone'),
        ("profile.toml", "roads", "streets", 'group "roads" is gone'),
        ("courses.toml", '"disnaker"', '"dinkes"', 'agency that offers courses "disnaker" is gone'),
        ("profile.toml", '"IDR"', '"USD"', 'currency "IDR" is gone'),
        ("categories.csv", "pju-mati", "lampu-mati", 'category "pju-mati" is gone'),
        ("areas.csv", "33.74.01.1001", "33.74.01.1999", 'area "33.74.01.1001" is gone'),
        ("datastreams.csv", "duga-simongan,level", "duga-simongan,tma", 'datastream "duga-simongan level" is gone'),
    ],
)
def test_an_id_that_goes_is_named_with_its_line(city: Path, file: str, wanted: str, other: str, told: str) -> None:
    change(city, file, wanted, other)
    code, lines = checked()
    (line,) = [line for line in lines if told in line]
    assert code == 1
    place = re.fullmatch(rf"{re.escape(file)}:(\d+): .+; .+", line)
    assert place
    row = (DEPLOYED / file).read_text(encoding="utf-8").splitlines()[int(place[1]) - 1]
    assert wanted in row


def test_a_file_that_is_taken_away_is_named_alone_without_each_of_its_ids(city: Path) -> None:
    (city / "tickets.toml").unlink()
    code, lines = checked()
    assert (code, len(lines)) == (1, 1)
    assert lines[0].startswith("tickets.toml:1: the file is gone: ")
    assert "/petugas/tiket" in lines[0]


def test_what_moves_from_one_of_two_files_to_the_other_has_not_gone(city: Path) -> None:
    pair = ("facilities.csv", "facilities_osm.csv")
    rows = [row for file in pair for row in (DEPLOYED / file).read_text(encoding="utf-8").splitlines()]
    codes = [row.partition(",")[0] for row in rows if not row.startswith("#")]
    (city / pair[0]).write_text("".join(f"{code},x\n" for code in codes), encoding="utf-8")
    (city / pair[1]).unlink()
    assert [line.partition(": ")[2][:16] for line in gone(DEPLOYED, city)] == ["the file is gone"]


def test_a_file_of_before_that_cannot_be_read_is_not_taken_for_one_of_which_nothing_has_gone(
    city: Path, tmp_path: Path
) -> None:
    before = tmp_path / "before"
    shutil.copytree(DEPLOYED, before)
    (before / "permits.toml").write_text("[", encoding="utf-8")
    code, lines = checked(before)
    assert (code, len(lines)) == (1, 1)
    assert lines[0].startswith("permits.toml:1: cannot be read, so nobody knows what of it is gone")


def test_a_folder_without_a_profile_is_refused(city: Path, tmp_path: Path) -> None:
    assert checked(tmp_path)[0] == 2


def test_every_file_has_ids_or_is_known_to_have_none() -> None:
    with_ids = {file for sort in SORTS for file in sort.files}
    assert with_ids | set(WITHOUT) == profiles.files()
    assert not with_ids & set(WITHOUT)
    assert REMOVED.keys() <= profiles.files()


@pytest.mark.parametrize("sort", SORTS, ids=lambda sort: f"{sort.what} in {sort.files[0]}")
def test_every_sort_of_ids_is_found_in_a_profile(sort: Ids) -> None:
    assert _ids(DEPLOYED, sort)


def test_every_desk_that_is_named_is_one() -> None:
    told = " ".join([*(f"{sort.leaves} {sort.remedy}" for sort in SORTS), *map(" ".join, REMOVED.values())])
    pages = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "gateway" / "portal").rglob("*.py"))
    named = set(re.findall(r"/petugas/[a-z0-9-]+", told))
    assert named
    assert not [desk for desk in named if f'"{desk}"' not in pages]
