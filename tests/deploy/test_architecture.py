"""The page that explains the house names files and functions that are there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "architecture.md"
NAMED = sorted(set(re.findall(r"`([\w/]+\.py):([\w.]+)`", PAGE.read_text(encoding="utf-8"))))


def test_the_page_names_every_hop() -> None:
    assert len(NAMED) >= 14


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_what_the_page_names_is_there(file: str, name: str) -> None:
    found: ast.AST = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    for part in name.split("."):
        within = {node.name: node for node in ast.iter_child_nodes(found) if isinstance(node, kinds)}
        assert part in within
        found = within[part]


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(\w+\.(?:csv|toml))`", PAGE.read_text(encoding="utf-8")))))
def test_files_of_a_city_are_there(name: str) -> None:
    for city in (ROOT / "cities").glob("*/profile.toml"):
        assert (city.parent / name).is_file(), city.parent.name


@pytest.mark.parametrize("folder", sorted(set(re.findall(r"^  ((?:\w+/ ?)+)", PAGE.read_text(encoding="utf-8"), re.M))))
def test_folders_of_the_gateway_are_there(folder: str) -> None:
    for name in folder.split():
        if not name.startswith("portal"):
            assert (ROOT / "gateway" / name).is_dir(), name
