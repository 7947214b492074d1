"""Every file of a profile: who reads it, what `smartcity city check` finds in it, and where it is written about."""

import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy import profiles
from deploy.cli import app
from services.kit.city import profile

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "cities" / "README.md").read_text(encoding="utf-8")
LIST = GUIDE.partition("```\n")[2].partition("```")[0]
READS = re.compile(r"\b(read_optional|read_required|parse_table|read_text|read_settings)\(")
NAMED = re.compile(r"\b[a-z_]+\.(?:toml|csv|json|geojson)\b")


@pytest.fixture
def cities(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of cities with a copy of Semarang's, which commands find."""
    shutil.copytree(ROOT / "cities" / "semarang", tmp_path / "cities" / "semarang")
    monkeypatch.setattr(profile, "CITIES", tmp_path / "cities")
    return tmp_path / "cities" / "semarang"


def checked(city: str = "semarang") -> tuple[int, list[str]]:
    """Exit code and lines of the command."""
    done = CliRunner().invoke(app, ["city", "check", city])
    return done.exit_code, done.stdout.splitlines()


@pytest.mark.parametrize("city", ["semarang", "kabupaten-semarang"])
def test_with_our_cities_nothing_is_wrong(city: str) -> None:
    assert checked(city) == (0, [f"cities/{city}: nothing is wrong"])


def test_programs_are_told_the_same_lines(cities: Path) -> None:
    (cities / "tickets.toml").write_text("early_hours = -1\n")
    _, lines = checked()
    done = CliRunner().invoke(app, ["city", "check", "semarang", "-o", "json"])
    assert (done.exit_code, json.loads(done.stdout)) == (1, {"city": "semarang", "wrong": lines})


def test_what_is_wrong_in_files_of_several_pillars_is_listed_at_once_with_line_and_remedy(cities: Path) -> None:
    for file, wanted, wrong in (
        ("economy.toml", '"bpkad"', '"kas"'),
        ("performance.toml", "keep_months", "keep_moons"),
        ("demo.toml", "demo = true", "demo = false"),
    ):
        text = (cities / file).read_text(encoding="utf-8")
        assert wanted in text
        (cities / file).write_text(text.replace(wanted, wrong, 1), encoding="utf-8")
    code, lines = checked()
    assert code == 1
    assert [line.partition(":")[0] for line in lines] == [
        f"cities/semarang/{name}" for name in ("demo.toml", "economy.toml", "performance.toml")
    ]
    assert all(re.fullmatch(r"[^:]+:\d+: .+; .+", line) for line in lines)


def test_an_operator_whose_lines_are_named_and_that_is_none_is_listed_with_its_line(cities: Path) -> None:
    with (cities / "transit.toml").open("a", encoding="utf-8") as file:
        file.write('\n[runs]\nfeeder = ["trans-semarang"]\n')
    last = len((cities / "transit.toml").read_text(encoding="utf-8").splitlines())
    told = '"feeder" is none of the operators; name one of operators, or take the line out'
    assert checked() == (1, [f"cities/semarang/transit.toml:{last}: {told}"])


@pytest.mark.parametrize(("file", "setting"), [("tickets.toml", 'agencies = ["{}"]'), ("rides.toml", 'agency = "{}"')])
def test_who_is_to_be_paid_and_has_no_counter_is_listed_with_its_line(cities: Path, file: str, setting: str) -> None:
    lines = (cities / file).read_text(encoding="utf-8").splitlines()
    name = setting.partition(" ")[0]
    place = next(place for place, line in enumerate(lines) if line.startswith(f"{name} ="))
    lines[place] = setting.format("dinkes")
    (cities / file).write_text("\n".join(lines), encoding="utf-8")
    remedy = "add a [[counters]] for it to economy.toml, or name another"
    told = f'agency "dinkes" has no counter that could be paid; {remedy}'
    assert checked() == (1, [f"cities/semarang/{file}:{place + 1}: {told}"])


def test_what_all_services_need_is_listed_too(cities: Path) -> None:
    (cities / "holidays.csv").write_text("day\n", encoding="utf-8")
    code, lines = checked()
    assert (code, len(lines)) == (1, 1)
    assert lines[0].startswith("cities/semarang/holidays.csv:1: the columns do not fit")


TYPOS = {
    "economy.toml": ('"bpkad"', '"kas"', '"kas" is no agency'),
    "performance.toml": ("keep_months", "keep_moons", "keep_moons"),
    "demo.toml": ("demo = true", "demo = false", "demo: "),
    "courses.toml": ('"disdik"', '"disdikk"', 'agency "disdikk" is unknown'),
}


@pytest.mark.parametrize(
    ("file", "text", "undecided"),
    [
        ("profile.toml", "id =", set()),
        ("agencies.csv", "id\n", {"economy.toml", "courses.toml"}),
        ("areas.csv", '"', set()),
        ("areas.geojson", "{", set()),
        ("categories.csv", "id\n", set()),
        ("clocks.toml", "[", set()),
        ("holidays.csv", "day\n", set()),
        ("emergency.toml", "kinds = 7\n", set()),
    ],
)
def test_a_file_of_all_that_cannot_be_read_hides_nothing_in_other_files_and_makes_nothing_up(
    cities: Path, file: str, text: str, undecided: set[str]
) -> None:
    """What names something of that very file cannot be told until it is mended."""
    for other, (wanted, wrong, _) in TYPOS.items():
        before = (cities / other).read_text(encoding="utf-8")
        assert wanted in before, other
        (cities / other).write_text(before.replace(wanted, wrong, 1), encoding="utf-8")
    (cities / file).write_text(text, encoding="utf-8")
    code, lines = checked()
    assert code == 1
    told = TYPOS.keys() - undecided
    assert {line.partition(":")[0] for line in lines} == {f"cities/semarang/{name}" for name in {file, *told}}, lines
    for other in told:
        (line,) = [line for line in lines if f"/{other}:" in line]
        assert TYPOS[other][2] in line


LEANING = {
    "emergency_protocol.toml": ("emergency_units.toml",),
    "economy.toml": ("levies.csv", "permits.toml"),
    "things.csv": ("pumps.csv",),
    "transit_fares.csv": ("rides.toml",),
    "transit.toml": ("transit_stops.csv", "transit_stops_osm.csv", "transit_routes.csv"),
    "indicators.toml": ("indicators.csv",),
}


@pytest.mark.parametrize("leant_on", LEANING)
def test_what_leans_on_a_file_of_a_pillar_that_is_wrong_is_not_said_to_name_what_is_unknown(
    cities: Path, leant_on: str
) -> None:
    (cities / leant_on).write_text("?", encoding="utf-8")
    assert {line.partition(":")[0] for line in checked()[1]} == {f"cities/semarang/{leant_on}"}


@pytest.mark.parametrize(("leant_on", "others"), LEANING.items())
def test_a_file_of_a_pillar_that_is_wrong_hides_nothing_in_those_that_lean_on_it(
    cities: Path, leant_on: str, others: tuple[str, ...]
) -> None:
    for name in (leant_on, *others):
        with (cities / name).open("a", encoding="utf-8") as file:
            file.write("\n?")
    files = {line.partition(":")[0] for line in checked()[1]}
    assert files == {f"cities/semarang/{name}" for name in (leant_on, *others)}


def test_a_row_that_cannot_be_read_is_not_told_of_again_by_those_who_name_it(cities: Path) -> None:
    text = (cities / "agencies.csv").read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if line.startswith("bpkad,"))
    (cities / "agencies.csv").write_text(text.replace(row, f"{row},,"), encoding="utf-8")
    code, lines = checked()
    assert (code, len(lines)) == (1, 1)
    assert lines[0].startswith("cities/semarang/agencies.csv:")


def test_a_landmark_or_the_point_of_an_area_in_another_city_is_named_with_its_line(cities: Path) -> None:
    for file, inside in (
        ("areas.csv", r"(?m)^33\.74,(.+),[\d.]+,-[\d.]+$"),
        ("landmarks.csv", r"(?m)^dst001,(.+),[\d.]+,-[\d.]+(?=,33\.)"),
        ("landmarks_osm.csv", r"(?m)^dst004,(.+),[\d.]+,-[\d.]+(?=,33\.)"),
    ):
        text = (cities / file).read_text(encoding="utf-8")
        moved, times = re.subn(inside, lambda row: re.sub(r"[\d.]+,-[\d.]+$", "138.5,-3.9", row[0]), text)
        assert times == 1, file
        (cities / file).write_text(moved, encoding="utf-8")
    code, found = checked()
    assert (code, len(found)) == (1, 3)
    for line, file in zip(found, ("areas.csv", "landmarks.csv", "landmarks_osm.csv"), strict=True):
        assert re.fullmatch(rf'cities/semarang/{file}:\d+: ".+" lies outside the city; correct lon and lat', line)


def test_a_file_that_nobody_reads_is_named_with_what_was_meant(cities: Path) -> None:
    (cities / "participation.toml").rename(cities / "participaton.toml")
    (cities / "notes.txt").write_text("x", encoding="utf-8")
    code, lines = checked()
    assert code == 1
    assert lines == [
        "cities/semarang/notes.txt:1: nobody reads this file; take it away, or name it as cities/README.md does",
        "cities/semarang/participaton.toml:1: nobody reads this file; call it participation.toml",
    ]


def test_a_city_that_is_not_there_is_named_with_those_that_are(cities: Path) -> None:
    assert checked("demak") == (1, ["cities/demak:0: there is no such profile; there are: semarang"])


def test_up_lists_what_is_wrong_before_anything_starts(cities: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMARTCITY_CITY", "semarang")
    monkeypatch.setattr("os.execv", lambda *_: pytest.fail("it started"))
    (cities / "permits.toml").write_text("colour = 1\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["up"])
    assert done.exit_code == 1
    assert re.search(r"^cities/semarang/permits\.toml:\d+: .+; .+$", done.stderr, re.MULTILINE)


def test_every_reader_of_a_profile_is_asked() -> None:
    """What reads files of a profile's kind in a pillar is one of the readers, or reads something else."""
    named = {reader.module for reader in profiles.READERS}
    found = {
        ".".join(path.relative_to(ROOT / "services").with_suffix("").parts)
        for path in (ROOT / "services").rglob("*.py")
        if READS.search(path.read_text(encoding="utf-8")) and "kit" not in path.parts
        and "services.kit.city.files" in path.read_text(encoding="utf-8")
    }  # fmt: skip
    assert found == named


def test_every_file_that_a_reader_names_is_known() -> None:
    """The files that the readers' modules and the kit name are those that are told of."""
    modules = [f"services/{reader.module.replace('.', '/')}.py" for reader in profiles.READERS]
    kit = [str(path.relative_to(ROOT)) for path in (ROOT / "services/kit/city").glob("*.py")]
    named = {
        file
        for module in (*modules, *kit)
        for file in re.findall(r'"([a-z_]+\.(?:toml|csv|json|geojson))"', (ROOT / module).read_text(encoding="utf-8"))
    }
    assert named == profiles.files()


def test_the_guide_lists_the_files_that_are_read_and_no_others() -> None:
    listed = {name for line in LIST.splitlines() for name in _names_at_the_start(line)}
    assert listed == profiles.files()


def _names_at_the_start(line: str) -> list[str]:
    """The files that a line of the list begins with: `  transit_stops.csv, transit_stops_osm.csv (ODbL), ...`."""
    found = []
    for part in line.strip().split(", "):
        match = NAMED.match(part)
        if not match:
            break
        found.append(match[0])
    return found


def test_every_file_has_a_heading_but_those_that_are_drawn() -> None:
    headings = {name for line in GUIDE.splitlines() if line.startswith("### ") for name in NAMED.findall(line)}
    assert headings == profiles.files() - {"areas.geojson", "map.geojson"}


def test_a_stop_that_is_twice_is_told_of_where_it_is_and_not_of_the_other_file(cities: Path) -> None:
    own, osm = cities / "transit_stops.csv", cities / "transit_stops_osm.csv"
    text = own.read_text(encoding="utf-8")
    lines, row = len(text.splitlines()), text.splitlines()[1]
    own.write_text(f"{text}{row}\n", encoding="utf-8")
    (line,) = checked()[1]
    assert line.startswith(f"cities/semarang/transit_stops.csv:{lines + 1}: ")
    own.write_text(text, encoding="utf-8")
    placed = osm.read_text(encoding="utf-8")
    osm.write_text(f"{placed}{row}\n", encoding="utf-8")
    (line,) = checked()[1]
    assert line.startswith(f"cities/semarang/transit_stops_osm.csv:{len(placed.splitlines()) + 1}: ")
