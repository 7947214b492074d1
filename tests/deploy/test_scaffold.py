"""``make new-noun``: what it writes works as it stands, and what it refuses it leaves alone."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.scaffold import __main__ as command
from deploy.scaffold.names import names_of, plural_of
from deploy.scaffold.skeleton import ROOT, plan

MADE = (
    ("environment", "inspection", "--word", "inspeksi"),
    ("governance", "air-quality-station", "--word", "stasiun-udara"),
)
"""Each beside other nouns, in pillars whose walks are short: what is written is the same in each."""
QUIETLY = ("-p", "no:cacheprovider", "-o", "addopts=--import-mode=importlib")
WALKS = (
    *(
        f"tests/security/{walk}[{pillar}]"
        for pillar in ("environment", "governance")
        for walk in (
            "test_matrix.py::test_every_rpc_has_a_row_and_every_row_known_roles",
            "test_matrix.py::test_every_service_of_a_pillars_contracts_is_served",
            "test_matrix.py::test_each_role_is_let_in_as_the_contract_says",
            "test_noun_rows.py::test_whom_a_row_concerns_is_let_in_and_others_are_kept_out",
        )
    ),
    "tests/security/test_rows.py::test_the_walk_covers_every_row_that_is_narrower_than_any",
    "tests/security/test_economy_rows.py::test_the_walk_covers_every_row_that_is_narrower_than_any",
    "tests/security/attacks/test_insiders.py::"
    "test_every_change_by_staff_is_tried_by_whom_it_concerns_or_says_why_it_concerns_nobody",
    "tests/security/rest/test_openapi.py::test_each_operation_has_a_seed_and_nothing_else_has",
    "tests/growth/test_environment.py",
    "tests/growth/test_governance.py",
    "tests/gateway/portal/test_texts.py",
)
"""Tests that walk all nouns, in the pillars that got one: that none is left out, and that what each says of itself
holds. Seeds are only counted: to ask for them takes a whole platform."""


class Tree:
    """A copy of this project with two nouns more."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        path = os.pathsep.join((str(folder), str(folder / "proto" / "gen")))
        self._env = {**os.environ, "PYTHONPATH": path}
        for each in self._git("ls-files", "--cached", "--others", "--exclude-standard").splitlines():
            if (ROOT / each).is_file():
                (folder / each).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / each, folder / each)
        for each in ("services", "gateway", "tests", "deploy", "observability"):
            self._take_compiled(each)
        self.before = self.files()
        for given in MADE:
            self.run("deploy.scaffold", *given)
        self.changed = sorted(path for path, text in self.files().items() if self.before.get(path) != text)
        self.run("proto.codegen.generate")

    def _git(self, *given: str) -> str:
        return subprocess.run(["git", *given], cwd=ROOT, check=True, capture_output=True, text=True).stdout

    def _take_compiled(self, of: str) -> None:
        """What Python has compiled already, which holds for a copy as old as what it was copied from."""
        for each in (ROOT / of).rglob("__pycache__"):
            made = self.folder / each.relative_to(ROOT)
            if made.parent.is_dir():
                shutil.copytree(each, made)

    def files(self) -> dict[str, bytes]:
        """What there is, by path."""
        found = [path for path in self.folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in found}

    def run(self, module: str, *given: str) -> str:
        """Runs a module of the copy, or a tool on it; fails with its words."""
        done = subprocess.run(
            [sys.executable, "-m", module, *given], cwd=self.folder, env=self._env, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{module} {' '.join(given)}\n{done.stdout}{done.stderr}"
        return done.stdout

    def python(self) -> list[str]:
        """The Python files that were written or changed."""
        return [path for path in self.changed if path.endswith(".py")]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """The copy, generated."""
    return Tree(tmp_path_factory.mktemp("tree"))


def test_a_noun_edits_two_files_of_its_pillar_and_no_other(tree: Tree) -> None:
    edited = [path for path in tree.changed if path in tree.before]
    told = [f"proto/smartcity/{pillar}/v1/events.proto" for pillar, *_ in MADE]
    assert edited == [*told, *(f"services/{pillar}/pillar.py" for pillar, *_ in MADE)]


@pytest.mark.timeout(300)
def test_the_tests_it_writes_pass_and_no_walk_over_all_nouns_wants_them_in_a_list_of_its_own(tree: Tree) -> None:
    folders = ("tests/environment/inspections", "tests/governance/air_quality_stations")
    assert "passed" in tree.run("pytest", *QUIETLY, *folders, *WALKS)


def test_whose_a_noun_is_its_actions_ask_the_transaction_as_all_others_do(tree: Tree) -> None:
    made = [path for path in tree.python() if path.endswith("/actions.py")]
    said = [(tree.folder / path).read_text(encoding="utf-8") for path in made]
    assert len(said) == len(MADE)
    assert all("tx.allows(it.agency)" in text and "Scope" not in text for text in said)


def test_what_it_writes_is_in_style(tree: Tree) -> None:
    tree.run("ruff", "check", "--no-cache", *tree.python())
    tree.run("ruff", "format", "--no-cache", "--check", *tree.python())


@pytest.mark.timeout(300)  # where nothing was checked before, all of it is
def test_what_it_writes_has_right_types(tree: Tree) -> None:
    known = ROOT / ".mypy_cache"
    if known.is_dir():  # what the last check found out about the files that are as they were
        shutil.copytree(known, tree.folder / known.name)
    tree.run("mypy", *tree.python())


def test_the_contracts_it_writes_keep_the_rules(tree: Tree) -> None:
    buf = shutil.which("buf", path=str(Path(sys.executable).parent))
    if buf is None:
        pytest.skip("buf is not installed")
    done = subprocess.run([buf, "lint", "proto"], cwd=tree.folder, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_its_routes_are_served(tree: Tree) -> None:
    lines = [line.split() for line in tree.run("gateway.rest").splitlines()]
    assert ["GET", "/inspections", "ListInspections", "everybody:any", "private", "none", "2"] in lines
    officers = ["officer:own_agency", "admin:any", "none", "optional", "5"]
    close = ["POST", "/air-quality-stations/{id}/closure", "CloseAirQualityStation"]
    assert [*close, *officers] in lines


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            ["environment", "cleanup"],
            "proto/smartcity/environment/v1/cleanups.proto exists already; give another NOUN=",
        ),
        (["economy", "statement"], "gateway/portal/economy/statements.py exists already"),
        (["living", "overview"], "an RPC of Overview is in proto/smartcity/branding/v1/overview.proto already"),
        (["living", "inspection", "--word", "lapor"], "the address /lapor is in gateway/portal/"),
        (["living", "Kursi Roda"], '"Kursi-Roda" is no word; give NOUN= small letters'),
        (["living", "order"], '"order" is a word of Python or SQL; give NOUN= another, such as work-order'),
        (["living", "news", "--plural", "news"], 'one and many are both "news"; give PLURAL='),
        (["lving", "inspection"], '"lving" is no pillar; give PILLAR= one of governance, economy'),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_the_next_step(
    given: list[str], words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "write", lambda planned: pytest.fail("it wrote"))
    assert command.main(given) == 1
    said = capsys.readouterr().err
    assert said.startswith("Nothing was written: ")
    assert words in said


OWN = (
    *("message", "transaction", "page", "state", "model", "store", "action", "router", "uuid", "datetime", "enum"),
    *("sequence", "service", "table", "keyset", "any", "caller", "request", "response", "event", "row", "seed"),
)


@pytest.mark.parametrize("noun", OWN)
def test_a_noun_that_the_skeleton_itself_needs_is_refused_with_another(
    noun: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "write", lambda planned: pytest.fail("it wrote"))
    assert command.main(["environment", noun]) == 1
    assert re.search(f"such as (city|work)-{noun}", capsys.readouterr().err)


@pytest.mark.parametrize("noun", ["inspection", "meeting", "tree-inspection", "pavement", "title"])
def test_ordinary_nouns_are_taken(noun: str) -> None:
    assert plan(names_of("environment", noun, word="kata-uji"))


def test_blanks_and_underscores_between_words_are_taken() -> None:
    found = names_of("environment", "tree_inspection", word="periksa  pohon")
    assert (found.singular, found.nouns, found.word) == ("tree-inspection", "tree_inspections", "periksa-pohon")


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("inspection", "inspections"),
        ("city", "cities"),
        ("survey", "surveys"),
        ("box", "boxes"),
        ("branch", "branches"),
    ],
)
def test_plurals_follow_the_simple_rules(one: str, many: str) -> None:
    assert plural_of(one) == many
