"""What a noun costs: the rules of counting on a small tree, and what holds for the project's own."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cost import NOUNS, Cost, Count, Noun, Tree, main

CLEANUPS = NOUNS[0]
CONTRACT = "proto/smartcity/environment/v1/cleanups.proto"
EVENTS = "proto/smartcity/environment/v1/events.proto"
API = "services/environment/cleanups/api.py"
LEAST = {
    CONTRACT: "service CleanupService {\n}\n",
    EVENTS: "// Other: not ours.\nmessage Other {\n}\n",
    API: "a = 1\n",
}


def cost(folder: Path, files: Mapping[str, str]) -> dict[str, Count]:
    """What clean-ups cost in a tree of these files."""
    for path, text in {**LEAST, **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    return Cost(Tree(folder), CLEANUPS).parts


def test_a_room_a_page_and_a_migration_are_its_own(tmp_path: Path) -> None:
    files = {
        "services/environment/cleanups/model.py": "a = 1\n\nb = 2\n",
        "services/environment/migrations/2026_11_24_cleanups.py": "a = 1\n",
        "gateway/portal/environment/cleanups.py": "a = 1\n",
        "tests/environment/cleanups/test_model.py": "a = 1\n",
    }
    one = Count(own=1, own_lines=1)
    expected = {"serving": Count(own=3, own_lines=6), "page": one, "migration": one, "tests": one}
    assert cost(tmp_path, files) == expected


@pytest.mark.parametrize(
    ("path", "text", "part", "lines"),
    [
        ("services/a/pillar.py", "import services.environment.cleanups.api as it\n\nserves = (it,)\n", "others", 2),
        ("gateway/x.py", "from smartcity.environment.v1 import cleanups_pb2\n", "serving", 1),
        ("gateway/x.py", 'NAMES = ["smartcity.environment.v1.cleanups_views"]\n', "serving", 1),
        ("gateway/x.py", "CLEANUP = {\n    1: 2,\n}\nOTHER = 1\n", "serving", 3),
        ("services/environment/overview/store.py", 'SQL = "SELECT 1 FROM cleanup"\n', "others", 1),
        ("gateway/portal/environment/texts/id.toml", '[cleanup]\na = "b"\n[other]\n', "page", 2),
    ],
)  # fmt: skip
def test_a_file_of_others_that_names_it_is_an_edit(path: str, text: str, part: str, lines: int, tmp_path: Path) -> None:
    found = cost(tmp_path, {path: text})[part]
    assert (found.edits, found.edited_lines) == (1, lines)


def test_its_events_count_whole(tmp_path: Path) -> None:
    text = "// CleanupOpened: a job waits.\nmessage CleanupOpened {\n}\n" + LEAST[EVENTS]
    found = cost(tmp_path, {EVENTS: text})["serving"]
    assert (found.edits, found.edited_lines) == (1, 3)


def test_what_only_has_a_like_name_is_no_edit(tmp_path: Path) -> None:
    files = {"gateway/x.py": "cleanup = 1\n", "tests/kit/test_x.py": "import services.environment.cleanups\n"}
    assert cost(tmp_path, files)["serving"].edits == 0


def test_clean_ups_cost_what_was_promised() -> None:
    parts = Cost(Tree(Path(__file__).parents[1]), CLEANUPS).parts
    assert sum(count.own for part, count in parts.items() if part != "tests") <= 11
    assert parts["serving"].edits <= 2
    # 720 were promised; waiting for a reporter, and crews that are to be called back, came to it later.
    assert parts["serving"].own_lines <= 780


@pytest.mark.parametrize("noun", NOUNS, ids=lambda each: each.name)
def test_each_noun_has_its_contract_where_it_is_looked_for(noun: Noun) -> None:
    contracts = Path(__file__).parents[1] / "proto/smartcity" / noun.pillar / "v1"
    assert re.search(r"^service \w+", (contracts / f"{noun.room}.proto").read_text(encoding="utf-8"), re.MULTILINE)
    events = (contracts / "events.proto").read_text(encoding="utf-8")
    assert re.search(rf"^message {noun.one.capitalize()}[A-Z]", events, re.MULTILINE)


def test_the_table_sets_trees_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    others = {
        f"proto/smartcity/economy/v1/{name}.proto": "service OtherService {\n}\n"
        for name in ("merchants", "levies", "events")
    }
    folders = [tmp_path / name for name in ("before", "after", "copy")]
    for folder, more in zip(folders, ({}, {"services/x.py": "CLEANUP = 1\n"}, {}), strict=True):
        cost(folder, others | more)
    assert main([str(each) for each in folders]) == 0
    line = next(each for each in capsys.readouterr().out.splitlines() if "all but tests" in each)
    figures = line.split()[3:]
    assert figures == ["2", "3", "0", "0", "2", "3", "1", "1", "2", "3", "0", "0"]
