"""What templates were compiled to is kept, and never instead of what they say."""

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import jinja2
import pytest
from jinja2 import nodes

from gateway.portal.kit.acting import FormState
from gateway.portal.kit.templating import Compiled, templates
from gateway.portal.kit.trouble import Trouble


def told(folder: Path, source: str) -> str:
    """What a process reads where a template says this."""
    loader = jinja2.DictLoader({"home.html": source})
    return jinja2.Environment(loader=loader, bytecode_cache=Compiled(folder)).get_template("home.html").render()


def test_a_template_is_compiled_once_and_again_when_it_says_something_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    assert told(tmp_path, "Halo") == "Halo"
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.cache")}
    assert len(kept) == 1
    assert told(tmp_path, "Halo") == "Halo"
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.cache")} == kept
    assert told(tmp_path, "Selamat datang") == "Selamat datang"


@pytest.mark.parametrize("unwritten", [True, False], ids=["it must not be", "it cannot be"])
def test_where_nothing_is_kept_pages_are_there_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unwritten: bool
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", unwritten)
    folder = tmp_path / "file"
    folder.touch()
    assert told(tmp_path / "none" if unwritten else folder, "Halo") == "Halo"
    assert not list(tmp_path.rglob("*.cache"))


def test_no_macro_asks_who_calls() -> None:
    """In a macro ``caller`` is what a ``call`` block gives it, and silently nothing where there is none."""
    environment, asked = templates(), []
    for name in environment.list_templates():
        assert environment.loader is not None
        tree = environment.parse(environment.loader.get_source(environment, name)[0])
        asked += [
            f"{name}, line {found.lineno}"
            for macro in tree.find_all(nodes.Macro)
            for found in macro.find_all(nodes.Getattr)
            if isinstance(found.node, nodes.Name) and found.node.name == "caller"
        ]
    assert asked == [], "pass in what the macro needs to know of the caller"


def test_no_page_imports_what_its_form_is_told_by() -> None:
    """A macro of that name would stand where the page says why something was refused."""
    environment, taken = templates(), []
    told = FormState(trouble=Trouble("", "", {})).context().keys()
    for name in environment.list_templates():
        assert environment.loader is not None
        tree = environment.parse(environment.loader.get_source(environment, name)[0])
        for found in tree.find_all(nodes.FromImport):
            names = {one if isinstance(one, str) else one[1] for one in found.names}
            taken += [f"{name}, line {found.lineno}: {one}" for one in sorted(names & told)]
    assert taken == []


def test_whatever_is_looked_at_again_says_at_which_address() -> None:
    """The script goes to that address; without one it goes to a page that is nowhere."""
    environment, marked = templates(), 0
    for name in environment.list_templates():
        assert environment.loader is not None
        source = environment.loader.get_source(environment, name)[0]
        tags = re.findall(r"<[a-z]+(?: |{%)[^\n]*data-again=[^\n]*?>", source)
        assert len(tags) == source.count("data-again="), name
        assert all("data-page=" in tag for tag in tags), name
        marked += len(tags)
    assert marked


def test_a_moment_is_written_as_html_reads_it() -> None:
    """A fraction of a second has three digits at the most: with more, the ``datetime`` of an element is none."""
    moment = datetime(2026, 12, 17, 18, 26, 43, 130_130, UTC)
    assert templates().filters["iso"](moment) == "2026-12-17T18:26:43.130+00:00"


def test_no_option_is_without_words() -> None:
    environment, empty = templates(), []
    for name in environment.list_templates():
        assert environment.loader is not None
        source = environment.loader.get_source(environment, name)[0]
        empty += [(name, found) for found in re.findall(r"<option[^>]*>\s*</option>", source)]
    assert empty == []
